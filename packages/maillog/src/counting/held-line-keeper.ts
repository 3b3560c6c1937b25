/** Keeps which messages have held lines, and the slots of those lines. The lines themselves are part of a message's past. */
import type { HeldLine } from "../entries/held-line.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import type { MessagePast } from "../entries/message-past.ts";
import type { QueuedMessage } from "../entries/queued-message.ts";
import { heldLineOf } from "./held-lines.ts";

/** Lines that wait for a record at one time; one more counts at once. Each of many hosts has some 100 processes that deliver. */
const HELD_LINES_CAP = 2048;

type Past = Pick<MessagePast<unknown, unknown>, "held">;

export class HeldLineKeeper {
  readonly #messages = new Set<QueuedMessage>();
  /** 1 for the slots of held lines. */
  readonly #slots = new Uint8Array(HELD_LINES_CAP);
  #held = 0;
  #changes = 0;

  /** Messages with held lines. */
  get messages(): ReadonlySet<QueuedMessage> {
    return this.#messages;
  }

  /** Rises whenever a line is held or no longer held. */
  get changes(): number {
    return this.#changes;
  }

  /** @returns null for a line that counts at once */
  lineOf(entry: LogEntry, episode: boolean, file: string, line: number): HeldLine | null {
    return this.#held >= HELD_LINES_CAP ? null : heldLineOf(entry, this.#slots.indexOf(0), episode, file, line);
  }

  hold(message: QueuedMessage, past: Past, line: HeldLine): void {
    past.held = past.held === null ? [line] : [...past.held, line];
    this.#takeSlot(line.slot);
    this.#messages.add(message);
    this.#changes += 1;
  }

  /** The past's lines were held by an earlier process. */
  resume(message: QueuedMessage, past: Past | null): void {
    const held = past?.held ?? [];
    if (held.length > 0) this.#messages.add(message);
    for (const { slot } of held) this.#takeSlot(slot);
  }

  /**
   * Each line returned is to be released before it counts.
   *
   * @param pid of the process whose lines are wanted; null for all
   */
  take(message: QueuedMessage, past: Past | null, pid: number | null): readonly HeldLine[] {
    if (past === null || past.held === null) return [];
    const { held } = past;
    const lines = pid === null ? held : held.filter((line) => line.pid === pid);
    if (lines.length === 0) return lines;
    this.#changes += 1;
    past.held = lines.length === held.length ? null : held.filter((line) => line.pid !== pid);
    if (past.held === null) this.#messages.delete(message);
    return lines;
  }

  release({ slot }: HeldLine): void {
    this.#slots[slot] = 0;
    this.#held -= 1;
  }

  #takeSlot(slot: number): void {
    this.#slots[slot] = 1;
    this.#held += 1;
  }
}
