import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { formatCount } from "../../format/numbers.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { VirtualList } from "../../ui/virtual-list.tsx";
import { PEER_COLUMNS, PeerRow } from "./peer-row.tsx";
import { PeersFilter } from "./peers-filter.tsx";
import type { PeersSearch } from "./peers-search.ts";

const route = getRouteApi("/peers");
const FRESH_MS = 30_000;
const MOST_FRESH_PAGES = 3;
const HEADS = ["Peer", "Problem", "Path MTU", "Outgoing, 7 days", "Incoming, 7 days", "Seen"];

/** Every other end of mail that logs or probes know, most affected first. */
export function PeersPage() {
  usePageTitle("Peers");
  const search = route.useSearch();
  const found = useInfiniteQuery({
    queryKey: ["peers", search],
    queryFn: ({ pageParam: cursor }) => api.peers({ ...(search as object), ...(cursor === undefined ? {} : { cursor }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: (before) => before,
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => ((data?.pages.length ?? 0) > MOST_FRESH_PAGES ? false : FRESH_MS),
  });
  const peers = found.data?.pages.flatMap((page) => page.peers) ?? [];
  const counts = found.data?.pages[0]?.counts;
  return (
    <div className="space-y-4">
      <header className="flex flex-wrap items-end justify-between gap-2">
        <h1 className="text-2xl font-bold">Peers</h1>
        <p className="hidden text-xs text-faint sm:block">
          <kbd>j</kbd> <kbd>k</kbd> move · <kbd>Enter</kbd> opens · <kbd>/</kbd> searches
        </p>
      </header>
      <PeersFilter search={search} counts={counts} />
      {found.isError && (
        <Message tone="bad" action={<Button onClick={() => found.refetch()}>Try again</Button>}>
          {found.error.message}
        </Message>
      )}
      {found.isPending && <p className="py-8 text-center text-soft">Loading …</p>}
      {found.isSuccess && peers.length === 0 && <Nobody search={search} />}
      {peers.length > 0 && (
        <div className="overflow-hidden rounded-xl border border-line bg-card">
          <div
            aria-hidden
            className={`hidden gap-x-3 border-b border-line bg-raised px-4 py-2 text-xs font-semibold text-soft lg:grid ${PEER_COLUMNS}`}
          >
            <span />
            {HEADS.map((head) => (
              <span key={head}>{head}</span>
            ))}
          </div>
          <VirtualList
            label="Peers"
            rows={peers}
            keyOf={({ peer }) => peer}
            placeOf={(_, index) => index + 1}
            total={counts === undefined ? -1 : search.trouble === undefined ? counts.some + counts.none : counts[search.trouble]}
            rowHeight={65}
            draw={(peer) => <PeerRow peer={peer} />}
            rowClass={() => "border-b border-line last:border-0"}
            onEnd={found.hasNextPage && !found.isFetching ? found.fetchNextPage : undefined}
          />
        </div>
      )}
      {search.trouble === undefined && counts !== undefined && counts.bots > 0 && <BotsRow bots={counts.bots} />}
      {found.isFetchingNextPage && <p className="py-4 text-center text-soft">Loading more …</p>}
    </div>
  );
}

/** One row for all of them: what they lose says nothing about a path. */
function BotsRow({ bots }: { bots: number }) {
  return (
    <p className="rounded-xl border border-line bg-card px-4 py-3 text-sm text-soft">
      {formatCount(bots)} {bots === 1 ? "client is a bot and is" : "clients are bots and are"} left out.{" "}
      <Link to="/peers" search={{ trouble: "bots" }} className="underline">
        Show {bots === 1 ? "it" : "them"}
      </Link>
    </p>
  );
}

/** Nobody to show: what that means, and what to do next. */
function Nobody({ search }: { search: PeersSearch }) {
  const filtered = [search.text, search.trouble, search.code].some((one) => one !== undefined);
  return (
    <div className="rounded-xl border border-dashed border-line px-4 py-10 text-center text-soft">
      <p>{filtered ? "No peer matches these filters." : "No peers yet. Peers come from followed mail logs and from probes."}</p>
      <div className="mt-4 flex flex-wrap justify-center gap-3">
        {filtered ? (
          <Link to="/peers" className={buttonClass()}>
            Show all peers
          </Link>
        ) : (
          <>
            <Link to="/diagnose" className={buttonClass("primary")}>
              Diagnose a host
            </Link>
            <Link to="/logs" className={buttonClass()}>
              Follow a log
            </Link>
          </>
        )}
      </div>
    </div>
  );
}
