/**
 * When Postfix tries a deferred message again (qmgr_active.c): it waits as long as the message is old, at least
 * minimal_backoff_time and at most maximal_backoff_time, counted from the end of an attempt, and then for the next look
 * through the deferred queue (queue_run_delay). So the age about doubles until the wait stays at the maximum.
 */
import type { RetrySettings } from "./log-rule.ts";

/** Postfix 2.4 and newer. */
export const DEFAULT_RETRY_SETTINGS: RetrySettings = { minimalBackoff: 300, maximalBackoff: 4000, queueRunDelay: 300 };

/** The longest that an attempt takes, seconds: some addresses that do not answer, then 600 for the end of data. */
const LONGEST_ATTEMPT = 900;

/** Seconds. */
export interface WaitRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The shortest and the longest wait after an attempt: every attempt failing at once and the queue looked at in that moment,
 * or every attempt taking its longest and the queue looked at as late as can be.
 *
 * @param attempt counts from 1
 */
export function retryWaitAfter(attempt: number, settings: RetrySettings): WaitRange {
  const clamp = (age: number) => Math.min(settings.maximalBackoff, Math.max(settings.minimalBackoff, age));
  let youngest = 0;
  let oldest = LONGEST_ATTEMPT;
  for (let done = 1; done < attempt; done += 1) {
    youngest += clamp(youngest);
    oldest += clamp(oldest) + settings.queueRunDelay + LONGEST_ATTEMPT;
  }
  return { from: clamp(youngest), to: clamp(oldest) + settings.queueRunDelay };
}
