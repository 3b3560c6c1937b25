/**
 * Two explanations compete for the packets that were lost and those that arrived.
 *
 * Size decides: packets of more than `mtu` bytes never arrive, and what fits is lost rarely. Chance decides: large packets
 * are lost at random at some rate, and a retransmission at some other rate, so that losses may come in bursts; smaller packets
 * have rates of their own. The fit is the likelihood of the first divided by the best likelihood of the second. Where chance
 * decides it exceeds F with a probability of at most 1/F, whatever the rates are and whenever the search stops (Ville 1939).
 */
import { MTU_PLATEAUS, SMALLEST_PACKET } from "./mtu-search.ts";
import { isLoss, type ObservedRung } from "./observed-rung.ts";

/** What is known of a path before anything is sent on it. */
export interface PathPrior {
  readonly family: 4 | 6;
  /** The MTU of the other direction where that has a hole, bytes; null where it has none or is not known. */
  readonly likely?: number | null;
}

/** `exp` of more is infinite. */
const LARGEST_LOGARITHM = 600;

/** Counts for "chance decides": a packet is lost with one probability, each further transmission of it with another. */
interface LossCounts {
  lostFirst: number;
  arrivedFirst: number;
  lostAgain: number;
  arrivedLater: number;
  /** Arrived once DF was cleared, and did not. */
  released: number;
  unreleased: number;
}

/** Counts for "size decides", of packets that fit. */
interface FittingCounts {
  lostFirst: number;
  arrivedFirst: number;
  lostAgain: number;
  arrivedLater: number;
}

/** Transmissions without DF that chance is granted for each release: a burst may end just then. */
const TRIES_OF_RELEASE = 4;

/**
 * How many times better "size decides" explains the rungs than "chance decides"; 0 to infinity.
 *
 * @param mtu bytes; what is lost above it is explained by size
 */
export function pathFit(rungs: readonly ObservedRung[], mtu: number, prior: PathPrior): number {
  const chance: LossCounts = { lostFirst: 0, arrivedFirst: 0, lostAgain: 0, arrivedLater: 0, released: 0, unreleased: 0 };
  const fitting: FittingCounts = { lostFirst: 0, arrivedFirst: 0, lostAgain: 0, arrivedLater: 0 };
  for (const observed of rungs) {
    const { rung } = observed;
    if (!isLoss(rung) && rung.outcome !== "acked") continue;
    if (rung.size <= mtu) count(fitting, observed);
    // Random loss may spare what is a little smaller: of what arrived, only packets of exactly that size speak against it.
    if (isLoss(rung) || rung.size === mtu) count(chance, observed);
    if (rung.outcome === "released") chance.released += 1;
    else if (observed.releaseTried === true) chance.unreleased += 1;
  }
  const top = Math.max(mtu + 1, ...rungs.map(({ rung }) => rung.size));
  const size = Math.log(priorOfSize(mtu, top, prior)) + logOfFitting(fitting) - peakOfSmaller(rungs, mtu);
  const { lostFirst, arrivedFirst, lostAgain, arrivedLater } = chance;
  const first = binomialPeak(lostFirst, arrivedFirst);
  // Once with what clearing DF did, which is worth much on a clean path, and once without, since loss spoils releases.
  const withReleases = size + logOfReleases(chance) - first - logOfLaterChance(chance);
  const without = size - first - binomialPeak(lostAgain, arrivedLater);
  return Math.exp(Math.min(LARGEST_LOGARITHM, logOfMean([withReleases, without])));
}

/**
 * The best likelihood that chance gives to what became of packets smaller than `mtu`, with one rate up to some size and another
 * above it.
 */
function peakOfSmaller(rungs: readonly ObservedRung[], mtu: number): number {
  const smaller = rungs.filter(({ rung }) => rung.size < mtu && rung.outcome === "acked");
  const peaks = [0, ...smaller.map(({ rung }) => rung.size)].map((split) =>
    [smaller.filter(({ rung }) => rung.size <= split), smaller.filter(({ rung }) => rung.size > split)].reduce(
      (sum, group) => sum + peakOf(group),
      0,
    ),
  );
  return Math.max(...peaks);
}

function peakOf(rungs: readonly ObservedRung[]): number {
  const counts: FittingCounts = { lostFirst: 0, arrivedFirst: 0, lostAgain: 0, arrivedLater: 0 };
  for (const observed of rungs) count(counts, observed);
  return binomialPeak(counts.lostFirst, counts.arrivedFirst) + binomialPeak(counts.lostAgain, counts.arrivedLater);
}

function count(counts: FittingCounts, { rung, losses }: ObservedRung): void {
  const arrived = rung.outcome === "acked";
  if (arrived && losses === 0) {
    counts.arrivedFirst += 1;
    return;
  }
  counts.lostFirst += 1;
  counts.lostAgain += Math.max(0, losses - 1);
  if (arrived) counts.arrivedLater += 1;
}

/**
 * Before anything is measured: half of all small links have one of the well-known sizes, the other half any. Where the other
 * direction has a hole, half of the paths have it at the same size.
 */
function priorOfSize(mtu: number, top: number, { family, likely = null }: PathPrior): number {
  const alone = priorOfSizeAlone(mtu, top, family);
  return likely === null ? alone : (alone + (mtu === likely ? 1 : 0)) / 2;
}

function priorOfSizeAlone(mtu: number, top: number, family: 4 | 6): number {
  const smallest = SMALLEST_PACKET[family];
  const plateaus = MTU_PLATEAUS.filter((size) => size >= smallest && size < top);
  const any = 0.5 / Math.max(1, top - smallest);
  return plateaus.includes(mtu) ? any + 0.5 / plateaus.length : any;
}

/** Likelihood of what became of packets that fit: a third of all paths lose hardly any, a third some, a third many. */
function logOfFitting({ lostFirst, arrivedFirst, lostAgain, arrivedLater }: FittingCounts): number {
  const first = [999, 9, 2].map((b) => logOfAverage(lostFirst, arrivedFirst, b));
  return logOfMean(first) + logOfAverage(lostAgain, arrivedLater, 1);
}

/** Likelihood of the releases where size decides: the path fragments, so they help; or nothing does, and they never help. */
function logOfReleases({ released, unreleased }: LossCounts): number {
  const helps = [99, 4].map((b) => logOfAverage(unreleased, released, b));
  return logOfMean([...helps, logOfAverage(released, unreleased, 99)]);
}

/** Logarithm of the mean of what these are the logarithms of. */
function logOfMean(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / logs.length);
}

/** The best likelihood that any rate of loss gives to the retransmissions and to what arrived once DF was cleared. */
function logOfLaterChance({ lostAgain, arrivedLater, released }: LossCounts): number {
  if (released === 0) return binomialPeak(lostAgain, arrivedLater);
  let best = Number.NEGATIVE_INFINITY;
  for (let rate = 0.005; rate < 1; rate += 0.005) {
    const log = lostAgain * Math.log(rate) + arrivedLater * Math.log(1 - rate) + released * Math.log(1 - rate ** TRIES_OF_RELEASE);
    best = Math.max(best, log);
  }
  return best;
}

/** Logarithm of the largest value of p^hits (1 - p)^misses. */
export function binomialPeak(hits: number, misses: number): number {
  const total = hits + misses;
  if (hits === 0 || misses === 0) return 0;
  return hits * Math.log(hits / total) + misses * Math.log(misses / total);
}

/** Logarithm of B(1 + hits, b + misses) / B(1, b): the average of p^hits (1 - p)^misses when p is spread as Beta(1, b). */
function logOfAverage(hits: number, misses: number, b: number): number {
  let log = Math.log(b);
  for (let k = 2; k <= hits; k += 1) log += Math.log(k);
  for (let k = 0; k <= hits; k += 1) log -= Math.log(b + misses + k);
  return log;
}
