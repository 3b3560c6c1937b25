import { type ProbeSummary, printable } from "@mxray/contracts";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { FlaskConical, Trash2 } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { usePracticeProbes } from "../../api/use-lab.ts";
import { probeWords } from "../../format/probe-words.ts";
import { ProbeMark } from "../../panels/probes/probe-mark.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Button } from "../../ui/button.tsx";
import { ForRole } from "../../ui/for-role.tsx";
import { FreshRows } from "../../ui/fresh-rows.tsx";
import { Message } from "../../ui/message.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { Time } from "../../ui/time.tsx";
import { useSteadyRows } from "../../ui/use-steady-rows.ts";
import { VirtualList } from "../../ui/virtual-list.tsx";
import type { DiagnoseSearch } from "./diagnose-search.ts";

// The first page does without it.
const ConfirmDialog = lazy(async () => ({ default: (await import("../../ui/confirm-dialog.tsx")).ConfirmDialog }));

const route = getRouteApi("/diagnose");

/** What was probed before, the newest first; practice apart from all else. */
export function PastProbes({ firstRun }: { firstRun: boolean }) {
  const { find: target = "", practice: chosen = false } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: DiagnoseSearch) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  const practised = usePracticeProbes().length > 0;
  const practice = practised && (chosen || firstRun);
  const probes = useInfiniteQuery({
    queryKey: ["probes", "past", { target, practice }],
    queryFn: ({ pageParam }) => api.probes({ cursor: pageParam, target, practice }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: (before) => before,
    // Whoever comes back has just probed something.
    staleTime: 0,
  });
  const list = useRef<HTMLDivElement>(null);
  const { rows, fresh, show } = useSteadyRows(probes.data?.pages.flatMap((page) => page.probes) ?? [], {
    keyOf: ({ id }) => id,
    list,
    scope: JSON.stringify({ target, practice }),
    placeholder: probes.isPlaceholderData,
  });
  const empty = rows.length === 0;
  if (firstRun && !practised) return null;

  return (
    <section aria-label="Past probes">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <div className="flex items-center gap-3">
          <h2 className="text-lg font-semibold">{practice ? "Past practice" : "Past probes"}</h2>
          {practised && !firstRun && (
            <Button look="quiet" aria-pressed={practice} onClick={() => change({ practice: practice ? undefined : true })}>
              <FlaskConical size={15} aria-hidden /> Practice
            </Button>
          )}
        </div>
        {(!empty || target !== "") && (
          <div className="w-full sm:w-56">
            <SearchBox label="Find a target" value={target} change={(find) => change({ find: find || undefined })} />
          </div>
        )}
      </div>
      <Answers to={[probes]}>
        {() =>
          empty && (
            <p className="rounded-xl border border-dashed border-line px-4 py-8 text-center text-soft wrap-anywhere">
              {target === ""
                ? "No probes yet. Enter a domain above to start."
                : `No probe of a target that contains “${printable(target)}”.`}
            </p>
          )
        }
      </Answers>
      <FreshRows count={fresh} show={show} />
      {!empty && (
        <div ref={list}>
          <VirtualList
            label="Past probes"
            rows={rows}
            keyOf={({ id }) => id}
            placeOf={(_probe, index) => index + 1}
            total={probes.hasNextPage ? -1 : rows.length}
            rowHeight={48}
            draw={(probe) => <Row probe={probe} onForgotten={show} />}
            rowClass={() => "border-b border-line last:border-0"}
            onEnd={probes.hasNextPage && !probes.isFetching ? probes.fetchNextPage : undefined}
            className="overflow-hidden rounded-xl border border-line bg-card"
          />
        </div>
      )}
      {probes.isFetchingNextPage && <p className="py-4 text-center text-soft">Loading older ones …</p>}
    </section>
  );
}

function Row({ probe, onForgotten }: { probe: ProbeSummary; onForgotten: () => void }) {
  const client = useQueryClient();
  const [asked, ask] = useState(false);
  const remove = useMutation({
    mutationFn: api.deleteProbe,
    onSuccess: async () => {
      ask(false);
      await client.invalidateQueries({ queryKey: ["probes"] });
      // The list holds still for its reader, who wants this row gone.
      onForgotten();
    },
  });
  const more = relationOf(probe);
  return (
    <div className="group flex items-center gap-3 pr-2 hover:bg-raised">
      <Link
        to="/diagnose/$id"
        params={{ id: probe.id }}
        data-row
        className="grid min-w-0 flex-1 -outline-offset-2 grid-cols-[18px_1fr] items-center gap-x-3 px-4 py-3 sm:grid-cols-[18px_minmax(8rem,15rem)_1fr_auto]"
      >
        <ProbeMark probe={probe} />
        <span className="truncate font-mono text-sm font-semibold" title={probe.target}>
          {probe.target}
        </span>
        <span className="col-start-2 min-w-0 text-sm text-soft sm:col-start-auto">
          <span className="block truncate">
            {probe.practice && "practice: "}
            {probeWords(probe)}
          </span>
          {more !== "" && <span className="block truncate text-xs text-faint">{more}</span>}
        </span>
        <Time at={probe.createdAt} show="ago" className="col-start-2 text-xs text-faint sm:col-start-auto" />
      </Link>
      <ForRole least="operator">
        <button
          type="button"
          aria-label={`Delete the probe of ${probe.target}`}
          title="Delete this probe and its shares"
          disabled={remove.isPending}
          onClick={() => ask(true)}
          className="grid size-8 shrink-0 place-items-center rounded-lg text-faint hover:bg-bad-soft hover:text-bad"
        >
          <Trash2 size={16} aria-hidden />
        </button>
      </ForRole>
      {asked && (
        <Suspense>
          <ConfirmDialog
            title={`Delete the probe of ${probe.target}?`}
            action="Forget it"
            busy={remove.isPending}
            onClose={() => ask(false)}
            onConfirm={() => remove.mutate(probe.id)}
          >
            <p>Its measurements and transcripts are deleted, and shared links to it stop working.</p>
            {remove.error !== null && <Message tone="bad">{remove.error.message}</Message>}
          </ConfirmDialog>
        </Suspense>
      )}
    </div>
  );
}

function relationOf({ previousId, deliverTo, watchId }: ProbeSummary): string {
  return [
    ...(watchId === null ? [] : ["by a watch"]),
    ...(previousId === null ? [] : ["checks the fix of an earlier probe"]),
    ...(deliverTo === null ? [] : [`writes to ${deliverTo}`]),
  ].join(" · ");
}
