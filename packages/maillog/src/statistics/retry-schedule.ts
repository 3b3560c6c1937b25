/** How long messages waited between two real attempts, by the number of the attempt: the schedule as it was kept. */
import { RETRY_WAITS, type RetryWaits, sizeClassOf } from "@mxray/contracts";
import type { LogEntry } from "../log-entry.ts";
import { delaysOf } from "../postfix/delivery-record.ts";
import type { QueuedMessage } from "../queued-message.ts";
import type { MessageMemory } from "./message-memory.ts";

/** Where the queue manager's lines are missing, records further apart than this are of different attempts. */
const SAME_ATTEMPT_MS = 60_000;

export class RetrySchedule {
  /** Per mail program and attempt: class -> count. */
  readonly #schedules = new Map<RetryWaits["mta"], Map<number, number>[]>();

  /** @param entry the record of a real attempt */
  add(entry: LogEntry, message: QueuedMessage, memory: MessageMemory): void {
    const { timeMs } = entry;
    if (Number.isNaN(timeMs)) return;
    const { activations } = message;
    const same = activations > 0 ? activations === memory.activation : timeMs - memory.lastEndMs < SAME_ATTEMPT_MS;
    if (!same) {
      if (memory.attempts > 0) this.#wait(entry.program.mta, memory.attempts, (timeMs - memory.lastEndMs) / 1000 - busySeconds(entry));
      memory.attempts += 1;
      memory.activation = activations;
    }
    memory.lastEndMs = same ? Math.max(timeMs, memory.lastEndMs) : timeMs;
  }

  all(): RetryWaits[] {
    return [...this.#schedules].flatMap(([mta, schedule]) =>
      schedule.flatMap((waits, index) => {
        const counts = [...waits].map(([sizeClass, count]) => ({ class: sizeClass, count })).sort((a, b) => a.class - b.class);
        return counts.length === 0 ? [] : [{ mta, attempt: index + 1, waits: counts }];
      }),
    );
  }

  #wait(mta: RetryWaits["mta"], attempt: number, seconds: number): void {
    if (!(seconds >= 0)) return;
    const schedule = this.#schedules.get(mta) ?? Array.from({ length: RETRY_WAITS }, () => new Map<number, number>());
    this.#schedules.set(mta, schedule);
    const waits = schedule[Math.min(attempt, RETRY_WAITS) - 1];
    const sizeClass = sizeClassOf(seconds);
    waits?.set(sizeClass, (waits.get(sizeClass) ?? 0) + 1);
  }
}

/** What the attempt itself took: connecting and transmitting. */
function busySeconds(entry: LogEntry): number {
  const delays = delaysOf(entry);
  return delays === null ? 0 : delays[2] + delays[3];
}
