import type { PeerCounts } from "@mxray/contracts";
import { useNavigate } from "@tanstack/react-router";
import { formatCount } from "../../format/numbers.ts";
import { TroubleSelect } from "../../panels/findings/trouble-select.tsx";
import { PillChoice } from "../../ui/pill-choice.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { Select } from "../../ui/select.tsx";
import type { PeersSearch } from "./peers-search.ts";

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
          ["some", counted("With problems", counts?.some)],
          ["none", counted("No problems", counts?.none)],
          ["bots", counted("Bots", counts?.bots)],
        ]}
      />
      <div className="grid grid-cols-2 gap-2 *:first:col-span-2 sm:grid-cols-[2fr_1.4fr_1fr] sm:*:first:col-span-1">
        <SearchBox label="Find a name or an address" value={text ?? ""} change={(value) => change({ text: value || undefined })} />
        <TroubleSelect value={code} change={(value) => change({ code: value })} />
        <Select
          label="Order"
          value={sort}
          options={[
            ["harm", "Most affected first"],
            ["mail", "Most mail first"],
            ["seen", "Last seen first"],
            ["name", "By name"],
          ]}
          change={(value) => change({ sort: value === "harm" ? undefined : value })}
        />
      </div>
    </div>
  );
}
