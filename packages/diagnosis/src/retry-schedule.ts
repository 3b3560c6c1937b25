/**
 * When Postfix tries a waiting message again, from its settings alone (qmgr(8); src/qmgr/qmgr_active.c). After an attempt the
 * message waits for as long as it is old by then, at least `minimal_backoff_time` and at most `maximal_backoff_time`, and is
 * taken at the next scan of the deferred queue. An attempt that ends after `maximal_queue_lifetime` is the last one.
 *
 * Pure. Where in the scan's period the message arrived is chance, so each attempt has a range of ages.
 */

/** All in whole seconds. */
export interface RetrySettings {
  /** `minimal_backoff_time` */
  readonly minimalBackoff: number;
  /** `maximal_backoff_time` */
  readonly maximalBackoff: number;
  /** `queue_run_delay`; at least 1 */
  readonly queueRunDelay: number;
}

export interface RetryCourse extends RetrySettings {
  /** How long each attempt takes until it has failed: 0 when refused at once, 180, 300 or 600 where it hangs. */
  readonly attemptSeconds: number;
  /** `maximal_queue_lifetime` */
  readonly lifetime: number;
}

/** Postfix's defaults (2.4 and newer), for attempts that fail at once. */
export const RETRY_DEFAULTS: RetryCourse = {
  minimalBackoff: 300,
  maximalBackoff: 4000,
  queueRunDelay: 300,
  attemptSeconds: 0,
  lifetime: 432_000,
};

export interface RetryAttempt {
  /** 1 is the attempt on arrival. */
  readonly attempt: number;
  /** Age of the message when the attempt begins, seconds, over all moments of arrival. */
  readonly earliest: number;
  readonly latest: number;
}

/** So many moments of arrival are tried, evenly over the scan's period. */
const PHASES = 300;
/** Settings that would make more attempts end here: no chart shows more. */
const MOST_ATTEMPTS = 10_000;

export function retrySchedule(settings: RetryCourse): RetryAttempt[] {
  const attempts: RetryAttempt[] = [];
  const phases = Math.min(PHASES, settings.queueRunDelay);
  for (let phase = 0; phase < phases; phase += 1) {
    const firstScan = Math.floor((phase * settings.queueRunDelay) / phases);
    for (const [index, age] of attemptAges(settings, firstScan).entries()) {
      const known = attempts[index] ?? { attempt: index + 1, earliest: age, latest: age };
      attempts[index] = { ...known, earliest: Math.min(known.earliest, age), latest: Math.max(known.latest, age) };
    }
  }
  return attempts;
}

/** @param firstScan age at which the first scan of the deferred queue meets the message, seconds */
function attemptAges(settings: RetryCourse, firstScan: number): number[] {
  const { minimalBackoff, maximalBackoff, queueRunDelay, attemptSeconds, lifetime } = settings;
  const ages: number[] = [];
  for (let age = 0; ages.length < MOST_ATTEMPTS; ) {
    ages.push(age);
    const ended = age + attemptSeconds;
    if (ended > lifetime) break;
    const due = ended + Math.max(minimalBackoff, Math.min(maximalBackoff, ended));
    // A wait of nothing still ends at a later scan: a scan does not take the same message twice.
    const scans = Math.max(Math.ceil((due - firstScan) / queueRunDelay), Math.floor((ended - firstScan) / queueRunDelay) + 1);
    age = firstScan + scans * queueRunDelay;
  }
  return ages;
}

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
  const clamp = (age: number) => Math.max(settings.minimalBackoff, Math.min(settings.maximalBackoff, age));
  let youngest = 0;
  let oldest = LONGEST_ATTEMPT;
  for (let done = 1; done < attempt; done += 1) {
    youngest += clamp(youngest);
    oldest += clamp(oldest) + settings.queueRunDelay + LONGEST_ATTEMPT;
  }
  return { from: clamp(youngest), to: clamp(oldest) + settings.queueRunDelay };
}
