/**
 * The way from us to the mail host in three parts: the routers before the place where packets become too big, those within
 * it that do not answer, and those behind it. Drawn by the page and written by reports, from the same facts.
 */
import type { Hop, PathObservation } from "../probes/path-observation.ts";

export interface PathLayout {
  /** Packets vanish on the way; without that, all routers stand in `before`. */
  readonly broken: boolean;
  /** Between which stations is known; otherwise all routers stand in `before`, and the place is anywhere. */
  readonly placed: boolean;
  readonly before: readonly Hop[];
  readonly within: readonly Hop[];
  readonly behind: readonly Hop[];
  /** The largest packet that gets as far as the break, bytes; null where nothing tells. */
  readonly passesBefore: number | null;
  /** The largest packet that gets all the way, bytes. */
  readonly passes: number | null;
}

type PathFacts = Pick<PathObservation, "localMtu" | "lostBetween"> & {
  readonly hops: readonly Hop[];
  readonly outbound: Pick<PathObservation["outbound"], "verdict" | "mtu" | "narrow">;
};

export function pathLayout({ localMtu, outbound, hops, lostBetween }: PathFacts): PathLayout {
  const routers = hops.filter(({ final }) => !final);
  const broken = outbound.verdict === "black-hole";
  const passes = outbound.mtu;
  if (!broken || lostBetween === null) {
    return { broken, placed: false, before: routers, within: [], behind: [], passesBefore: null, passes };
  }
  const [last, first] = lostBetween;
  return {
    broken,
    placed: true,
    before: routers.filter(({ ttl }) => ttl <= last.ttl),
    within: routers.filter(({ ttl }) => ttl > last.ttl && ttl < first.ttl),
    behind: routers.filter(({ ttl }) => ttl >= first.ttl),
    // As large as our interface allows, or as the last narrow link before the break carries.
    passesBefore: last.ttl > 0 ? (outbound.narrow?.at(-2)?.mtu ?? localMtu) : null,
    passes,
  };
}
