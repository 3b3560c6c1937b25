import { LOCAL_VANTAGE } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";

/** Where the probe runs; nothing where there is one place only. */
export function VantageOption({ vantage, change }: { vantage: string | undefined; change: (vantage: string | undefined) => void }) {
  const { data } = useQuery({ queryKey: ["vantages"], queryFn: api.vantages });
  const places = (data?.vantages ?? []).filter(({ practice }) => !practice);
  if (places.length < 2) return null;
  return (
    <label>
      <span className="mb-1 block font-semibold text-soft">Probe from</span>
      <select
        value={vantage ?? LOCAL_VANTAGE}
        onChange={({ target }) => change(target.value === LOCAL_VANTAGE ? undefined : target.value)}
        className="h-9 w-full rounded-lg border border-line bg-ground px-3"
      >
        {places.map(({ name, description, state }) => (
          <option key={name} value={name} disabled={state !== "ready"}>
            {state === "ready" ? description : `${description} (not reachable)`}
          </option>
        ))}
      </select>
    </label>
  );
}
