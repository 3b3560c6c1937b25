import { LOCAL_VANTAGE, type ProbeRequest } from "@mxray/contracts";
import { VantageBoxes } from "../../panels/probes/vantage-boxes.tsx";

type Chosen = Pick<ProbeRequest, "vantage" | "vantages">;

/** Where the probe runs, several at once to compare them. */
export function VantageOption({ vantage, vantages, change }: Chosen & { change: (chosen: Chosen) => void }) {
  const choose = (names: string[]) => {
    const [only = LOCAL_VANTAGE] = names;
    if (names.length > 1) change({ vantages: names });
    else change(only === LOCAL_VANTAGE ? {} : { vantage: only });
  };
  return (
    <VantageBoxes chosen={vantages ?? [vantage ?? LOCAL_VANTAGE]} change={choose} practice>
      With several, the results are compared side by side.
    </VantageBoxes>
  );
}
