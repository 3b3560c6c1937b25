import { type Confidence, type Finding, isContentStage, type LogPeer, sizeClassBounds } from "@mxray/contracts";
import { lazy, useState } from "react";
import { DIRECTION_WORDS, peerWords } from "../../format/log-words.ts";
import { formatCount } from "../../format/numbers.ts";
import { CONFIDENCE_WORDS } from "../../format/words.ts";
import { ChartCard } from "../../ui/chart-card.tsx";
import { type SizePoint, sizePoints } from "./size-points.ts";

const SizeOutcomeChart = lazy(async () => ({ default: (await import("./size-outcome-chart.tsx")).SizeOutcomeChart }));

/** Peers to choose from: those with sizes, the worst first. */
const MOST_PEERS = 100;

/** Small ones arrive and large ones stall: the signature of a black hole, seen in the log alone. */
export function SizeOutcomePanel({
  peers,
  findings,
  onPick,
}: {
  peers: readonly LogPeer[];
  findings: readonly Finding[];
  /** Both ends are in it, bytes. */
  onPick: (peer: LogPeer, from: number, to: number) => void;
}) {
  const [chosen, choose] = useState("");
  const worst = peers.filter(({ sizes }) => sizes.length > 0).slice(0, MOST_PEERS);
  const peer = worst.find((each) => keyOf(each) === chosen) ?? worst.find((each) => thresholdOf(each, findings) !== null) ?? worst[0];
  const points = peer === undefined ? [] : sizePoints(peer);
  const threshold = peer === undefined ? null : thresholdOf(peer, findings);
  const pick = ({ from, to }: Pick<SizePoint, "from" | "to">) => {
    if (peer !== undefined) onPick(peer, from, to);
  };
  return (
    <ChartCard
      title="Size against outcome"
      note={noteOf(threshold, points, peer)}
      empty={points.length === 0 ? "No message with a known size in this part of the logs." : null}
      control={
        worst.length > 1 &&
        peer !== undefined && (
          <label className="mb-2 flex items-center gap-2 text-sm">
            <span className="font-semibold text-soft">Peer</span>
            <select
              value={keyOf(peer)}
              onChange={({ target }) => choose(target.value)}
              className="h-9 min-w-0 flex-1 rounded-lg border border-line bg-ground px-2 font-mono text-[13px]"
            >
              {worst.map((each) => (
                <option key={keyOf(each)} value={keyOf(each)}>
                  {peerWords(each)}, {DIRECTION_WORDS[each.direction]}
                </option>
              ))}
            </select>
          </label>
        )
      }
      chart={<SizeOutcomeChart points={points} threshold={threshold?.interval ?? null} onPick={pick} />}
      table={{
        caption: `Message sizes and their outcomes${peer === undefined ? "" : `, ${peerWords(peer)}`}`,
        columns: [
          "Bytes",
          { figures: "Delivered" },
          { figures: "Of them since the first stall" },
          { figures: "Stalled" },
          { figures: "Stalled first, delivered later" },
        ],
        rows: (peer?.sizes ?? []).map(({ class: sizeClass, sent, sentSince, stalled, recovered }) => {
          const { from, to } = sizeClassBounds(sizeClass);
          return {
            key: String(sizeClass),
            cells: [
              from === to ? formatCount(from) : `${formatCount(from)}–${formatCount(to)}`,
              formatCount(sent),
              peer?.firstStalled == null ? "–" : formatCount(sentSince),
              formatCount(stalled),
              formatCount(recovered),
            ],
          };
        }),
        onPick: (row) => {
          const size = peer?.sizes[row];
          if (size !== undefined) pick(sizeClassBounds(size.class));
        },
      }}
    />
  );
}

interface SizeThreshold {
  /** Bytes, the lesser first. */
  readonly interval: readonly [number, number];
  /** Nothing below stalled and nothing above arrived. */
  readonly clean: boolean;
  readonly confidence: Confidence;
}

function noteOf(threshold: SizeThreshold | null, points: readonly SizePoint[], peer: LogPeer | undefined): string {
  if (threshold !== null) {
    const { interval, clean, confidence } = threshold;
    const [low, high] = interval;
    const before = points.some(({ outcome, from }) => outcome === "before" && from > high);
    return clean
      ? `Messages of up to ${formatCount(low)} bytes arrive, those of ${formatCount(high)} and more stall (${CONFIDENCE_WORDS[confidence]}).${before ? " Larger ones arrived before the first stall; the legend shows them." : ""}`
      : `Small messages arrive and large ones stall, with no sharp threshold: between ${formatCount(low)} and ${formatCount(high)} bytes there are both (${CONFIDENCE_WORDS[confidence]}).`;
  }
  const unknown = stallsOfUnknownSize(peer);
  const unsized =
    unknown === 0 ? "" : ` ${formatCount(unknown)} ${unknown === 1 ? "stall has" : "stalls have"} no known size and cannot be drawn.`;
  if (!points.some(({ outcome }) => outcome === "stalled")) {
    return unsized === "" ? "Nothing stalled while its content was sent." : unsized.trim();
  }
  const classes = peer?.sizes ?? [];
  const arrived = Math.max(-1, ...classes.flatMap((size) => (size.sentSince > 0 ? size.class : [])));
  const stalled = Math.min(...classes.flatMap((size) => (size.stalled > 0 ? size.class : [])));
  // No finding says so yet; a class of sizes may hold both.
  if (arrived >= 0 && arrived <= stalled) {
    const [most, least] = [sizeClassBounds(arrived).to, sizeClassBounds(stalled).from].map(formatCount);
    return `Since the first stall, no message of more than ${most} bytes arrived, and none of fewer than ${least} stalled.${unsized}`;
  }
  return `Message size does not explain which deliveries stalled.${unsized}`;
}

/** At a content stage, of messages whose size no line says. */
function stallsOfUnknownSize(peer: LogPeer | undefined): number {
  if (peer === undefined) return 0;
  const stalled = peer.stalls
    .filter(({ stage }) => isContentStage(stage))
    .reduce((sum, { timeouts, losses }) => sum + timeouts + losses, 0);
  const sized = peer.sizes.reduce((sum, { attempts }) => sum + attempts, 0);
  return Math.max(0, stalled - sized);
}

function keyOf({ direction, name, address, port }: LogPeer): string {
  return `${direction} ${name} ${address} ${port}`;
}

/** From the evidence of the finding: the largest delivered and the smallest stalled message, the lesser first. */
function thresholdOf({ name, address, direction }: LogPeer, findings: readonly Finding[]): SizeThreshold | null {
  if (direction === "inbound") return null;
  const own = findings.filter(({ subject }) => (address === null ? subject.host === name : subject.address === address));
  for (const { evidence, confidence } of own) {
    for (const { threshold, clean } of evidence.map(({ data }) => data)) {
      if (!Array.isArray(threshold)) continue;
      const [one, other]: unknown[] = threshold;
      if (typeof one !== "number" || typeof other !== "number") continue;
      return { interval: [Math.min(one, other), Math.max(one, other)], clean: clean === true, confidence };
    }
  }
  return null;
}
