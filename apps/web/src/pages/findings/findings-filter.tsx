import { FINDING_STATES, type FindingCounts, SEVERITIES } from "@mxray/contracts";
import { useNavigate } from "@tanstack/react-router";
import { X } from "lucide-react";
import { formatCount } from "../../format/numbers.ts";
import { SEVERITY_WORDS } from "../../format/words.ts";
import { TroubleSelect } from "../../panels/findings/trouble-select.tsx";
import { Button } from "../../ui/button.tsx";
import { PillChoice } from "../../ui/pill-choice.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { Select } from "../../ui/select.tsx";
import type { FindingsSearch } from "./findings-search.ts";

/** Every filter of the list; all of them are in the address. */
export function FindingsFilter({ search, counts }: { search: FindingsSearch; counts: FindingCounts | undefined }) {
  const navigate = useNavigate({ from: "/findings" });
  const change = (part: FindingsSearch) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const { state = "open", severity, code, peer, text, sort = "harm", group = "peer" } = search;
  const counted = (name: string, count: number | undefined) => (
    <>
      {name} {count !== undefined && <span className="tabular-nums text-faint">{formatCount(count)}</span>}
    </>
  );
  const all = counts === undefined ? undefined : counts.open + counts.acknowledged + counts.dismissed + counts.fixed;
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <PillChoice
          label="State"
          value={state}
          change={(value) => change({ state: value === "open" ? undefined : value })}
          options={[
            ...FINDING_STATES.map((one) => [one, counted(one[0]?.toUpperCase() + one.slice(1), counts?.[one])] as const),
            ["all", counted("All", all)],
          ]}
        />
        <PillChoice
          label="Group"
          value={group}
          change={(value) => change({ group: value === "peer" ? undefined : value })}
          options={[
            ["peer", "By peer"],
            ["code", "By problem"],
            ["none", "One list"],
          ]}
        />
      </div>
      <div className="grid grid-cols-2 gap-2 *:first:col-span-2 *:last:col-span-2 sm:grid-cols-[2fr_1fr_1.4fr_1fr] sm:*:first:col-span-1 sm:*:last:col-span-1">
        <SearchBox label="Find a host, an address, a word" value={text ?? ""} change={(value) => change({ text: value || undefined })} />
        <Select
          label="Severity"
          none="Any severity"
          value={severity}
          options={SEVERITIES.filter((one) => one !== "info")
            .toReversed()
            .map((one) => [one, SEVERITY_WORDS[one]] as const)}
          change={(value) => change({ severity: value })}
        />
        <TroubleSelect value={code} change={(value) => change({ code: value })} />
        <Select
          label="Order"
          value={sort}
          options={[
            ["harm", "Worst first"],
            ["newest", "Newest first"],
            ["last-seen", "Last seen first"],
          ]}
          change={(value) => change({ sort: value === "harm" ? undefined : value })}
        />
      </div>
      {peer !== undefined && (
        <p className="flex min-w-0 items-center gap-2 text-sm">
          Only <span className="min-w-0 truncate font-mono text-[13px]">{peer}</span>
          <Button look="quiet" onClick={() => change({ peer: undefined })} aria-label="Show every peer">
            <X size={15} aria-hidden /> Every peer
          </Button>
        </p>
      )}
    </div>
  );
}
