import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useRef } from "react";
import { api } from "../../api/client.ts";
import { FindingRow } from "../../panels/findings/finding-row.tsx";
import { Answers } from "../../ui/answers.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { FreshRows } from "../../ui/fresh-rows.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { useSteadyRows } from "../../ui/use-steady-rows.ts";
import { VirtualList } from "../../ui/virtual-list.tsx";
import { type FindingLine, type GroupLine, linesOf } from "./finding-lines.ts";
import { FindingsFilter } from "./findings-filter.tsx";
import type { FindingsSearch } from "./findings-search.ts";

const route = getRouteApi("/findings");
/** Findings that are no longer all in the document. */
const MANY = 40;

/** Everything that was found and matters, with its life. */
export function FindingsPage() {
  usePageTitle("Findings");
  const search = route.useSearch();
  const { state = "open", group = "peer", ...filter } = search;
  const found = useInfiniteQuery({
    queryKey: ["findings", state, filter],
    queryFn: ({ pageParam }) =>
      api.findings({ ...definedOf(filter), ...(state === "all" ? {} : { state }), ...definedOf({ cursor: pageParam }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: (before) => before,
  });
  const list = useRef<HTMLDivElement>(null);
  const { rows, fresh, show } = useSteadyRows(found.data?.pages.flatMap((page) => page.findings) ?? [], {
    keyOf: ({ id }) => id,
    list,
    scope: JSON.stringify(search),
    placeholder: found.isPlaceholderData,
  });
  const counts = found.data?.pages[0]?.counts;
  return (
    <div className="space-y-4">
      <header className="flex flex-wrap items-end justify-between gap-2">
        <h1 className="text-2xl font-bold">Findings</h1>
        <p className="hidden text-xs text-faint sm:block">
          <kbd>j</kbd> <kbd>k</kbd> move · <kbd>Enter</kbd> opens · <kbd>/</kbd> searches
        </p>
      </header>
      <FindingsFilter search={search} counts={counts} />
      <Answers to={[found]}>
        {() =>
          rows.length === 0 && (
            <Nothing
              search={search}
              ever={counts !== undefined && counts.open + counts.acknowledged + counts.dismissed + counts.fixed > 0}
            />
          )
        }
      </Answers>
      {rows.length >= MANY && (
        <p className="text-xs text-faint">
          Only the visible part of this long list is loaded. Use the search box above: the browser’s search (Ctrl-F) cannot find the rest.
        </p>
      )}
      <div ref={list}>
        <FreshRows count={fresh} show={show} />
        <VirtualList
          label="Findings"
          rows={linesOf(rows, group)}
          keyOf={({ key }) => key}
          placeOf={({ place }) => place}
          total={
            counts === undefined
              ? -1
              : state === "all"
                ? counts.open + counts.acknowledged + counts.dismissed + counts.fixed
                : counts[state]
          }
          rowHeight={74}
          draw={(line) =>
            line.kind === "group" ? <GroupHeading line={line} /> : <FindingRow finding={line.finding} withState={state === "all"} />
          }
          rowClass={(line) => (line.kind === "group" ? "pt-4 first:pt-0" : rowClassOf(line))}
          onEnd={found.hasNextPage && !found.isFetching ? found.fetchNextPage : undefined}
        />
      </div>
      {found.isFetchingNextPage && <p className="py-4 text-center text-soft">Loading more …</p>}
    </div>
  );
}

/** Nothing to show: what that means, and what to do next. */
function Nothing({ search, ever }: { search: FindingsSearch; ever: boolean }) {
  const { severity, code, peer, text, state = "open" } = search;
  const filtered = [severity, code, peer, text].some((one) => one !== undefined);
  return (
    <div className="rounded-xl border border-dashed border-line px-4 py-10 text-center text-soft">
      <p>
        {filtered
          ? "Nothing matches these filters."
          : ever
            ? `Nothing is ${state === "all" ? "kept" : state} at the moment.`
            : "No known problems. Findings come from probes of mail hosts and from followed mail logs."}
      </p>
      <div className="mt-4">
        {filtered || ever ? (
          <Link to="/findings" search={{ state: "all" }} className={buttonClass()}>
            Show all findings
          </Link>
        ) : (
          <Link to="/diagnose" className={buttonClass("primary")}>
            Diagnose a host
          </Link>
        )}
      </div>
    </div>
  );
}

function GroupHeading({ line: { name, count, peer } }: { line: GroupLine }) {
  return (
    <h2 className="mb-1.5 flex min-w-0 items-baseline gap-2 px-1">
      {peer === null ? (
        <span className="truncate font-semibold" title={name}>
          {name}
        </span>
      ) : (
        <Link
          to="/peers/$peer"
          params={{ peer }}
          className="truncate font-mono text-sm font-semibold underline-offset-2 hover:underline"
          title={name}
        >
          {name}
        </Link>
      )}
      <span className="text-sm text-faint">{count}</span>
    </h2>
  );
}

/** Those of one group look like one card. */
function rowClassOf({ first, last }: FindingLine): string {
  return `border-x border-b border-line bg-card overflow-hidden ${first ? "rounded-t-xl border-t" : ""} ${last ? "rounded-b-xl" : ""}`;
}

function definedOf<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
