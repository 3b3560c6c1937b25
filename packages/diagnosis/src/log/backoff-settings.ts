/**
 * `log-backoff-settings`: messages are tried again sooner or much later than Postfix's schedule has it. For each attempt the
 * median of the waits is compared with the range of retry-schedule.ts. Sooner counts when the median's whole class is below
 * the range; later only beyond twice its end, since a destination that Postfix holds for dead waits longer without an attempt.
 * A median, because single retries by hand or by a restart say nothing. What is configured is not in a log: never proven.
 */
import { type ClassCount, type Finding, type RetryWaits, sizeClassBounds } from "@mxray/contracts";
import { findingOfTarget } from "../finding-draft.ts";
import { countText } from "../number-text.ts";
import { RETRY_DEFAULTS, retryWaitAfter, type WaitRange } from "../retry-schedule.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { LogRule } from "./log-rule.ts";

/** Fewer waits after an attempt are not looked at, and so many in all make it likely. */
const FEWEST_WAITS = 5;
const MANY_WAITS = 20;
const LATER = 2;

interface Deviation {
  readonly attempt: number;
  readonly waits: number;
  readonly median: WaitRange;
  readonly expected: WaitRange;
  readonly kind: "sooner" | "later";
}

export const findBackoffSettings: LogRule = ({ statistics, retrySettings }) => {
  const settings = retrySettings ?? RETRY_DEFAULTS;
  const deviations = statistics.retries
    // Exim and Sendmail have schedules of their own, which a log does not show.
    .filter(({ mta }) => mta === "postfix")
    .flatMap((retry) => deviationOf(retry, retryWaitAfter(retry.attempt, settings)));
  return (["sooner", "later"] as const).flatMap((kind) => {
    const found = deviations.filter((deviation) => deviation.kind === kind);
    return found.length === 0 ? [] : [finding(kind, found, new LogEvidence(statistics), retrySettings === null)];
  });
};

function deviationOf({ attempt, waits }: RetryWaits, expected: WaitRange): Deviation[] {
  const count = waits.reduce((sum, entry) => sum + entry.count, 0);
  if (count < FEWEST_WAITS) return [];
  const median = medianOf(waits, count);
  if (median.to < expected.from) return [{ attempt, waits: count, median, expected, kind: "sooner" }];
  if (median.from > LATER * expected.to) return [{ attempt, waits: count, median, expected, kind: "later" }];
  return [];
}

/** The bounds of the class in which half of the waits is reached. */
function medianOf(waits: readonly ClassCount[], count: number): WaitRange {
  let seen = 0;
  const middle = waits
    .toSorted((a, b) => a.class - b.class)
    .find((entry) => {
      seen += entry.count;
      return seen * 2 >= count;
    });
  return sizeClassBounds(middle?.class ?? 0);
}

function finding(kind: Deviation["kind"], deviations: readonly Deviation[], evidence: LogEvidence, byDefault: boolean): Finding {
  const total = deviations.reduce((sum, { waits }) => sum + waits, 0);
  const schedule = byDefault ? "Postfix's default schedule" : "the configured schedule";
  for (const { attempt, waits, median, expected } of deviations) {
    evidence.add(
      `After attempt ${attempt}, ${countText(waits, "message")} waited ${median.from} to ${median.to} seconds in the middle; ${schedule} has ${expected.from} to ${expected.to}.`,
      { attempt, waits, median, expected },
    );
  }
  return findingOfTarget({
    code: "log-backoff-settings",
    confidence: total >= MANY_WAITS ? "likely" : "suspected",
    title: kind === "sooner" ? "Deferred mail is tried again sooner than usual" : "Deferred mail is tried again much later than usual",
    summary: `The waits between attempts do not fit ${schedule}. ${CONSEQUENCES[kind]}`,
    evidence: evidence.rows,
  });
}

const CONSEQUENCES: Record<Deviation["kind"], string> = {
  sooner:
    "A lower minimal_backoff_time or maximal_backoff_time, or a queue that is flushed every few minutes, does that. It loads the queue with attempts that fail, and some destinations answer it with refusals.",
  later:
    "A higher maximal_backoff_time or queue_run_delay, or a queue too long to be worked off, does that. After a short outage of a destination its mail then stays for hours.",
};
