/**
 * Which links the failing paths have in common and no working path has: paths to one host, laid over each other. Rests on one fault
 * explaining all failures; never excludes a link without evidence, so what remains always holds it.
 *
 * A hop's address is that of the interface by which a packet comes in, so one router has another address on each way into it.
 * A working path clears a link only where it has the same addresses at both ends; a failing path may share a link wherever the far
 * ends have the same address or one of them is not known. Hops that keep silent, and those at which several routers answer
 * (per-flow balancing), have no address here.
 */

export interface LaidPath {
  readonly fate: "loses" | "passes";
  /** Addresses in order: the vantage, each hop, the mail host; null where a hop is not known for certain. */
  readonly stations: readonly (string | null)[];
  /** Indexes of the two stations between which this path's own hop search found the loss. */
  readonly lostBetween?: readonly [number, number];
}

export interface LaidSpan {
  /** Index of the path that it belongs to. */
  readonly path: number;
  /** Indexes of its end stations. */
  readonly from: number;
  readonly to: number;
}

interface Link {
  /** Index of the nearer station. */
  readonly at: number;
  readonly near: string | null;
  readonly far: string | null;
}

/**
 * @returns the spans of one failing path that may hold the fault, in order, as few links as the evidence leaves; none where the
 * paths contradict one fault, or none fails
 */
export function commonSpans(paths: readonly LaidPath[]): LaidSpan[] {
  const clean = paths.filter(({ fate }) => fate === "passes").flatMap(linksOf);
  const failing = paths.flatMap((path, index) => (path.fate === "loses" ? [{ index, links: suspectsOf(path, clean) }] : []));
  for (let before = -1, left = count(failing); left !== before; before = left, left = count(failing)) {
    for (const path of failing) {
      path.links = path.links.filter((link) =>
        failing.every((other) => other === path || other.links.some((each) => maybeSame(link, each))),
      );
    }
  }
  if (failing.some(({ links }) => links.length === 0)) return [];
  const [best] = failing.toSorted((a, b) => a.links.length - b.links.length);
  return best === undefined ? [] : spansOf(best.index, best.links);
}

function count(paths: readonly { readonly links: readonly Link[] }[]): number {
  return paths.reduce((sum, { links }) => sum + links.length, 0);
}

function linksOf({ stations }: LaidPath): Link[] {
  return stations.slice(1).map((far, at) => ({ at, near: stations[at] ?? null, far }));
}

function suspectsOf(path: LaidPath, clean: readonly Link[]): Link[] {
  const [from, to] = path.lostBetween ?? [0, path.stations.length - 1];
  return linksOf(path).filter((link) => link.at >= from && link.at < to && !clean.some((each) => surelySame(link, each)));
}

function surelySame(a: Link, b: Link): boolean {
  return a.near !== null && a.far !== null && a.near === b.near && a.far === b.far;
}

function maybeSame(a: Link, b: Link): boolean {
  return a.far === null || b.far === null || a.far === b.far;
}

function spansOf(path: number, links: readonly Link[]): LaidSpan[] {
  const spans: { path: number; from: number; to: number }[] = [];
  for (const { at } of links) {
    const last = spans.at(-1);
    if (last?.to === at) last.to = at + 1;
    else spans.push({ path, from: at, to: at + 1 });
  }
  return spans;
}
