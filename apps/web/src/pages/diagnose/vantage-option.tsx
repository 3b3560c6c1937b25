import { LOCAL_VANTAGE, type ProbeRequest } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";

type Chosen = Pick<ProbeRequest, "vantage" | "vantages">;

/** Where the probe runs, several at once to compare them; nothing where there is one vantage only. */
export function VantageOption({ vantage, vantages, change }: Chosen & { change: (chosen: Chosen) => void }) {
  const { data } = useQuery({ queryKey: ["vantages"], queryFn: api.vantages });
  const places = (data?.vantages ?? []).filter(({ practice, state }) => !practice || state === "ready");
  if (places.length < 2) return null;
  const chosen = vantages ?? [vantage ?? LOCAL_VANTAGE];
  const toggle = (name: string, on: boolean) => {
    const next = places.map((place) => place.name).filter((each) => (each === name ? on : chosen.includes(each)));
    const [only = LOCAL_VANTAGE] = next;
    if (next.length > 1) change({ vantages: next });
    else change(only === LOCAL_VANTAGE ? {} : { vantage: only });
  };
  return (
    <fieldset>
      <legend className="mb-1 block font-semibold text-soft">Probe from</legend>
      {places.map(({ name, description, state }) => (
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
      <p className="mt-1 text-soft">With several, the results are compared side by side.</p>
    </fieldset>
  );
}
