/**
 * Whether a mail queue grows: the medians of three parts of five minutes rise, by at least 100 messages and by half. Medians, so
 * that one burst that is soon delivered counts for nothing.
 */
import type { Evidence, HostSample } from "@mxray/contracts";

type QueueVerdict = { readonly kind: "hit"; readonly evidence: Evidence } | { readonly kind: "well" | "between" | "unknown" };

const QUEUES = ["queueMaildrop", "queueIncoming", "queueActive", "queueDeferred"] as const;
const WINDOW_S = 300;
const LEAST_SAMPLES = 9;
const COVERED = 0.9;
const LEAST_GROWTH = 100;
const LEAST_FACTOR = 1.5;

export function queueGrowth(samples: readonly HostSample[]): QueueVerdict {
  const last = samples.at(-1);
  if (last === undefined) return { kind: "unknown" };
  const end = Date.parse(last.at);
  const recent = samples
    .map((sample) => ({ at: Date.parse(sample.at), messages: messagesOf(sample) }))
    .filter((one): one is { at: number; messages: number } => one.messages !== null && one.at >= end - WINDOW_S * 1000);
  const first = recent[0];
  if (first === undefined || recent.length < LEAST_SAMPLES || end - first.at < COVERED * WINDOW_S * 1000) return { kind: "unknown" };
  const third = Math.floor(recent.length / 3);
  const parts = [recent.slice(0, third), recent.slice(third, 2 * third), recent.slice(2 * third)];
  const [before = 0, between = 0, now = 0] = parts.map((part) => median(part.map(({ messages }) => messages)));
  if (now <= before) return { kind: "well" };
  if (between < before || now < between || now - before < LEAST_GROWTH || now < LEAST_FACTOR * before) return { kind: "between" };
  const sizes = QUEUES.flatMap((queue) => {
    const value = last.gauges[queue]?.value ?? null;
    return value === null ? [] : [`${queue.slice("queue".length).toLowerCase()} ${value.toLocaleString("en")}`];
  });
  return {
    kind: "hit",
    evidence: {
      at: last.at,
      source: "host",
      text: `Messages in the queue: ${before.toLocaleString("en")}, then ${between.toLocaleString("en")}, then ${now.toLocaleString("en")} (medians of ${Math.round((end - first.at) / 60_000)} minutes in three parts). Now: ${sizes.join(", ")}.`,
      data: { gauge: "queue", before, between, now },
    },
  };
}

/** Null where no queue can be counted. Those that mxray may not read are left out at each look alike. */
function messagesOf({ gauges }: HostSample): number | null {
  const values = QUEUES.flatMap((queue) => gauges[queue]?.value ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
