import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../../api/client.ts";

interface VantageBoxesProps {
  readonly chosen: readonly string[];
  /** Called with all that are chosen then, maybe none. */
  readonly change: (chosen: string[]) => void;
  /** Whether the practice lab is one of them, if it runs. */
  readonly practice: boolean;
  readonly children: ReactNode;
}

/** A box for each vantage, and a note below them; nothing where there is one vantage only. */
export function VantageBoxes({ chosen, change, practice, children }: VantageBoxesProps) {
  const { data } = useQuery({ queryKey: ["vantages"], queryFn: api.vantages });
  const places = (data?.vantages ?? []).filter((place) => !place.practice || (practice && place.state === "ready"));
  const gone = chosen.filter((name) => !places.some((place) => place.name === name));
  const boxes = [...places, ...gone.map((name) => ({ name, description: name, state: "unavailable" }))];
  if (data === undefined || boxes.length < 2) return null;
  const toggle = (name: string, on: boolean) =>
    change(boxes.map((box) => box.name).filter((each) => (each === name ? on : chosen.includes(each))));
  return (
    <fieldset className="sm:col-span-2">
      <legend className="mb-1 block font-semibold text-soft">Probe from</legend>
      {boxes.map(({ name, description, state }) => (
        <label key={name} className="flex items-center gap-2 py-0.5">
          <input
            type="checkbox"
            className="size-4 accent-(--accent)"
            checked={chosen.includes(name)}
            disabled={state !== "ready" && !chosen.includes(name)}
            onChange={({ target }) => toggle(name, target.checked)}
          />
          {state === "ready" ? description : `${description} (not reachable)`}
        </label>
      ))}
      <p className="mt-1 text-soft">{children}</p>
    </fieldset>
  );
}
