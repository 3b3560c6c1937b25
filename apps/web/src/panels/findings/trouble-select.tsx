import { FINDING_CODES, FINDING_SEVERITY, type FindingCode } from "@mxray/contracts";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { Select } from "../../ui/select.tsx";

/** Information is not kept, so nothing is found by it. */
const TROUBLES = FINDING_CODES.filter((code) => FINDING_SEVERITY[code] !== "info").map((code) => [code, FINDING_NAMES[code]] as const);

/** Narrows a list to one kind of trouble. */
export function TroubleSelect({ value, change }: { value: FindingCode | undefined; change: (value: FindingCode | undefined) => void }) {
  return <Select label="Problem" none="Any problem" value={value} options={TROUBLES} change={change} />;
}
