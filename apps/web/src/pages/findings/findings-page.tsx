import { type FindingSummary, formatEndpoint } from "@mxray/contracts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useRef } from "react";
import { api } from "../../api/client.ts";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { FindingRow } from "../../panels/finding-row.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { FreshRows } from "../../ui/fresh-rows.tsx";
import { useRowKeys } from "../../ui/use-row-keys.ts";
import { useSteadyRows } from "../../ui/use-steady-rows.ts";
import { FindingsFilter } from "./findings-filter.tsx";
import type { FindingGroup, FindingsSearch } from "./findings-search.ts";

const route = getRouteApi("/findings");

/** Everything that was found and matters, with its life. */
export function FindingsPage() {
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
  useRowKeys(list);
  const { rows, fresh, show } = useSteadyRows(found.data?.pages.flatMap((page) => page.findings) ?? [], {
    keyOf: ({ id }) => id,
    list,
    scope: JSON.stringify(search),
  });
  const counts = found.data?.pages[0]?.counts;
  return (
    <div className="mx-auto max-w-6xl space-y-4">
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
            <Nothing search={search} ever={counts !== undefined && counts.open + counts.acknowledged + counts.fixed > 0} />
          )
        }
      </Answers>
      <div ref={list} className="space-y-5">
        <FreshRows count={fresh} show={show} />
        {groupsOf(rows, group).map(({ key, name, findings }) => (
          <section key={key} aria-label={name}>
            {group !== "none" && (
              <h2 className="mb-1.5 flex min-w-0 items-baseline gap-2 px-1">
                <span className={`truncate font-semibold ${group === "peer" ? "font-mono text-sm" : ""}`} title={name}>
                  {name}
                </span>
                <span className="text-sm text-faint">{findings.length}</span>
              </h2>
            )}
            <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-card">
              {findings.map((finding) => (
                <FindingRow key={finding.id} finding={finding} withState={state === "all"} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      {found.hasNextPage && (
        <div className="text-center">
          <Button onClick={() => found.fetchNextPage()} disabled={found.isFetchingNextPage}>
            Show more
          </Button>
        </div>
      )}
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
            : "Nothing is known to be wrong. Findings come from probes of mail hosts and from mail logs that are followed."}
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

interface Group {
  readonly key: string;
  readonly name: string;
  readonly findings: readonly FindingSummary[];
}

/** In the order in which they come: the group of the worst finding is the first. */
function groupsOf(findings: readonly FindingSummary[], group: FindingGroup): Group[] {
  const nameOf = ({ code, subject: { host, address } }: FindingSummary): string => {
    if (group === "none") return "All findings";
    if (group === "code") return FINDING_NAMES[code];
    return host ?? (address === null ? "This mail server" : formatEndpoint(address));
  };
  return [...Map.groupBy(findings, nameOf)].map(([name, all]) => ({ key: name, name, findings: all }));
}

function definedOf<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
