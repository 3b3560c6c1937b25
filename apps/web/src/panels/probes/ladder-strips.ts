/**
 * The ladder as strips: for each size, how far its packets came on the way to the mail host and how often each was sent. Pure.
 * How long a lost packet was waited for is our patience and no measurement, so it is not part of the picture.
 */
import type { PathObservation, Rung, RungOutcome } from "@mxray/contracts";

/** `mixed`: of several packets of this size some arrived. `resized`: a router reported its limit. `refused`: the connection or the host ended it. */
export type StripFate = "arrived" | "lost" | "mixed" | "resized" | "refused";

export interface LadderStrip {
  /** Bytes, as the rungs of this unit give them. */
  readonly size: number;
  readonly fate: StripFate;
  /** Share of the way that a packet came, 0 to 1; null where it was lost at a place that is not known. */
  readonly reach: number | null;
  readonly firstSends: number;
  readonly retransmits: number;
  /** Packets that arrived after they were sent again without the DF bit. */
  readonly releases: number;
}

export interface LadderStation {
  /** Share of the way, 0 to 1. */
  readonly at: number;
  readonly ttl: number;
}

export interface LadderPicture {
  /** From the smallest size to the largest. */
  readonly strips: readonly LadderStrip[];
  /** Routers between this machine and the mail host. */
  readonly stations: readonly LadderStation[];
  /** The sharp edge, as an index: strips before it arrive, those from it on do not; null without one. */
  readonly edge: number | null;
  /** Sizes that are only in the table. */
  readonly leftOut: number;
}

export interface LadderWay {
  readonly hops: readonly { readonly ttl: number; readonly final: boolean }[];
  readonly lostBetween: readonly [{ readonly ttl: number }, { readonly ttl: number }] | null;
  readonly narrow: PathObservation["outbound"]["narrow"];
}

const MOST_STRIPS = 12;
const NOWHERE: LadderWay = { hops: [], lostBetween: null, narrow: undefined };

export function ladderStrips(rungs: readonly Rung[], unit: Rung["unit"], way: LadderWay = NOWHERE): LadderPicture {
  const length = wayLength(way);
  const strips = [
    ...Map.groupBy(
      rungs.filter((rung) => rung.unit === unit),
      ({ size }) => size,
    ),
  ]
    .toSorted(([a], [b]) => a - b)
    .map(([size, own]) => stripOf(size, own, (bytes) => stopOf(bytes, unit, way, length)));
  const edge = edgeOf(strips);
  const kept = nearest(strips, edge);
  return {
    strips: kept,
    stations: way.hops.filter(({ final }) => !final).map(({ ttl }) => ({ ttl, at: ttl / length })),
    edge: edge === null ? null : kept.filter(({ size }) => size < (strips[edge]?.size ?? 0)).length,
    leftOut: strips.length - kept.length,
  };
}

function stripOf(size: number, rungs: readonly Rung[], stop: (size: number) => number | null): LadderStrip {
  const fates = new Set(rungs.map(({ outcome }) => FATES[outcome]));
  const fate = fates.has("arrived") && fates.has("lost") ? "mixed" : ([...fates][0] ?? "arrived");
  return {
    size,
    fate,
    reach: fate === "arrived" || fate === "refused" ? 1 : stop(size),
    firstSends: rungs.length,
    retransmits: rungs.reduce((sum, { retransmits }) => sum + retransmits, 0),
    releases: rungs.filter(({ outcome }) => outcome === "released").length,
  };
}

const FATES: Record<RungOutcome, StripFate> = {
  acked: "arrived",
  stalled: "lost",
  released: "lost",
  resized: "resized",
  reset: "refused",
  closed: "refused",
  rejected: "refused",
};

/** The hops, counted from this machine (0) to the mail host. */
function wayLength({ hops, lostBetween }: LadderWay): number {
  const host = hops.find(({ final }) => final)?.ttl ?? Math.max(0, ...hops.map(({ ttl }) => ttl)) + 1;
  return Math.max(host, lostBetween?.[1].ttl ?? 0);
}

/** In the middle of the first link that is too small, where links were measured; else of the one where packets are lost. */
function stopOf(size: number, unit: Rung["unit"], { narrow = [], lostBetween }: LadderWay, length: number): number | null {
  const link = unit === "packet" ? narrow.find(({ mtu }) => mtu < size)?.between : undefined;
  const [from, to] = link ?? lostBetween?.map(({ ttl }) => ttl) ?? [];
  return from === undefined || to === undefined ? null : (from + to) / 2 / length;
}

/** Where all smaller sizes arrive and no larger one does. */
function edgeOf(strips: readonly LadderStrip[]): number | null {
  const edge = strips.findIndex(({ fate }) => fate !== "arrived");
  return edge > 0 && strips.slice(edge).every(({ fate }) => fate === "lost" || fate === "resized") ? edge : null;
}

/** The outermost, and those that lie nearest to the edge. */
function nearest(strips: readonly LadderStrip[], edge: number | null): readonly LadderStrip[] {
  if (strips.length <= MOST_STRIPS) return strips;
  const middle = (edge ?? strips.length) - 0.5;
  const outer = new Set([0, strips.length - 1]);
  const inner = strips
    .map((_, index) => index)
    .filter((index) => !outer.has(index))
    .toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
    .slice(0, MOST_STRIPS - outer.size);
  const kept = new Set([...outer, ...inner]);
  return strips.filter((_, index) => kept.has(index));
}
