/** What happens to probes, findings and followed logs, as it happens; of probes kept while a probe runs, so that a reader who comes late misses nothing. */
import { EventEmitter, on } from "node:events";
import type { LiveEvent, ProbeEvent, ProbeSummary } from "@mxray/contracts";

type ProbeMessage = Extract<LiveEvent, { type: "probe-event" }>;

export class LiveFeed {
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #running = new Map<string, ProbeMessage[]>();

  /** A probe's state changed: it was queued, started or ended. */
  changed(probe: ProbeSummary): void {
    if (probe.status === "running" && !this.#running.has(probe.id)) this.#running.set(probe.id, []);
    if (hasEnded(probe)) this.#running.delete(probe.id);
    this.#emitter.emit("event", { type: "probe", probe } satisfies LiveEvent);
  }

  happened(id: string, event: ProbeEvent): void {
    const messages = this.#running.get(id);
    if (messages === undefined) return;
    const message: ProbeMessage = { type: "probe-event", id, sequence: messages.length, event };
    messages.push(message);
    this.#emitter.emit("event", message);
  }

  /** Something that is told once and not kept. */
  tell(event: Exclude<LiveEvent, { type: "hello" | "beat" | "probe" | "probe-event" }>): void {
    this.#emitter.emit("event", event);
  }

  /** What happened to a running probe so far; empty for others. */
  soFar(id: string): readonly ProbeEvent[] {
    return (this.#running.get(id) ?? []).map(({ event }) => event);
  }

  /** All that happens from the moment of this call, each step of each probe with it. */
  everything(signal: AbortSignal): AsyncGenerator<LiveEvent> {
    return this.#from(signal);
  }

  /** The same without the steps of probes, from the first read on. */
  async *changes(signal: AbortSignal): AsyncGenerator<LiveEvent> {
    for await (const event of this.#from(signal)) if (event.type !== "probe-event") yield event;
  }

  /**
   * One probe: what happened after `sequence`, then what happens, until it ends.
   *
   * @param current reads the probe's state, after this began to listen: nothing falls between
   */
  async *follow(id: string, sequence: number, current: () => Promise<ProbeSummary | null>, signal: AbortSignal): AsyncGenerator<LiveEvent> {
    const events = this.#from(signal);
    const probe = await current();
    if (probe === null) return;
    yield { type: "probe", probe };
    if (hasEnded(probe)) return;
    let seen = sequence;
    for (const message of [...(this.#running.get(id) ?? [])]) {
      if (message.sequence <= seen) continue;
      seen = message.sequence;
      yield message;
    }
    for await (const event of events) {
      if (event.type === "probe") {
        if (event.probe.id !== id) continue;
        yield event;
        if (hasEnded(event.probe)) return;
      } else if (event.type === "probe-event" && event.id === id && event.sequence > seen) {
        seen = event.sequence;
        yield event;
      }
    }
  }

  async *#events(source: AsyncIterator<[LiveEvent]> & AsyncIterable<[LiveEvent]>): AsyncGenerator<LiveEvent> {
    try {
      for await (const [event] of source) yield event;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "AbortError") throw error;
    }
  }

  /** Listens from the moment of the call, not of the first read. */
  #from(signal: AbortSignal): AsyncGenerator<LiveEvent> {
    if (signal.aborted) return this.#events(nothing());
    return this.#events(on(this.#emitter, "event", { signal }) as AsyncIterator<[LiveEvent]> & AsyncIterable<[LiveEvent]>);
  }
}

async function* nothing(): AsyncGenerator<[LiveEvent]> {}

export function hasEnded({ status }: ProbeSummary): boolean {
  return status === "done" || status === "cancelled" || status === "failed";
}
