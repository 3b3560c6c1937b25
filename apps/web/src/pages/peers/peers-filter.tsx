import { FINDING_CODES, FINDING_SEVERITY, type PeerCounts } from "@mxray/contracts";
import { useNavigate } from "@tanstack/react-router";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { formatCount } from "../../format/numbers.ts";
import { PillChoice } from "../../ui/pill-choice.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { Select } from "../../ui/select.tsx";
import type { PeersSearch } from "./peers-search.ts";

/** Information is not kept, so nobody is found by it. */
const KEPT_CODES = FINDING_CODES.filter((code) => FINDING_SEVERITY[code] !== "info");

/** Every filter of the list; all of them are in the address. */
export function PeersFilter({ search, counts }: { search: PeersSearch; counts: PeerCounts | undefined }) {
  const navigate = useNavigate({ from: "/peers" });
  const change = (part: PeersSearch) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const { text, trouble, code, sort = "harm" } = search;
  const counted = (name: string, count: number | undefined) => (
    <>
      {name} {count !== undefined && <span className="tabular-nums text-faint">{formatCount(count)}</span>}
    </>
  );
  return (
    <div className="space-y-3">
      <PillChoice
        label="Which peers"
        value={trouble ?? "all"}
        change={(value) => change({ trouble: value === "all" ? undefined : value })}
        options={[
          ["all", counted("All", counts === undefined ? undefined : counts.some + counts.none)],
          ["some", counted("In trouble", counts?.some)],
          ["none", counted("Without trouble", counts?.none)],
        ]}
      />
      <div className="grid grid-cols-2 gap-2 *:first:col-span-2 sm:grid-cols-[2fr_1.4fr_1fr] sm:*:first:col-span-1">
        <SearchBox label="Find a name or an address" value={text ?? ""} change={(value) => change({ text: value || undefined })} />
        <Select
          label="Trouble"
          none="Any trouble"
          value={code}
          options={KEPT_CODES.map((one) => [one, FINDING_NAMES[one]] as const)}
          change={(value) => change({ code: value })}
        />
        <Select
          label="Order"
          value={sort}
          options={[
            ["harm", "Most harmed first"],
            ["mail", "Most mail first"],
            ["seen", "Seen last first"],
            ["name", "By name"],
          ]}
          change={(value) => change({ sort: value === "harm" ? undefined : value })}
        />
      </div>
    </div>
  );
}
