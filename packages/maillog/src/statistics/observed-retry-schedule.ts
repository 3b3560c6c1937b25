/** How long messages waited between two real attempts, by the number of the attempt: the schedule as it was kept. */
import { RETRY_WAITS, type RetryWaits, sizeClassOf } from "@mxray/contracts";

export class ObservedRetrySchedule {
  /** Per mail program and attempt: class -> count. */
  readonly #schedules = new Map<RetryWaits["mta"], Map<number, number>[]>();

  /** @param attempt number of the earlier one, from 1 @param seconds between the two */
  add(mta: RetryWaits["mta"], attempt: number, seconds: number): void {
    const schedule = this.#schedules.get(mta) ?? Array.from({ length: RETRY_WAITS }, () => new Map<number, number>());
    this.#schedules.set(mta, schedule);
    const waits = schedule[Math.min(attempt, RETRY_WAITS) - 1];
    const sizeClass = sizeClassOf(seconds);
    waits?.set(sizeClass, (waits.get(sizeClass) ?? 0) + 1);
  }

  all(): RetryWaits[] {
    return [...this.#schedules]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([mta, schedule]) =>
        schedule.flatMap((waits, index) => {
          const counts = [...waits].map(([sizeClass, count]) => ({ class: sizeClass, count })).sort((a, b) => a.class - b.class);
          return counts.length === 0 ? [] : [{ mta, attempt: index + 1, waits: counts }];
        }),
      );
  }
}
