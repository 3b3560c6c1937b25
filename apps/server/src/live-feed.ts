/** What happens to probes, findings and followed logs, as it happens; of probes kept while a probe runs, so that a reader who comes late misses nothing. */
import type { LiveEvent, ProbeEvent, ProbeSummary } from "@mxray/contracts";
import { FeedReader } from "./feed-reader.ts";

type ProbeMessage = Extract<LiveEvent, { type: "probe-event" }>;
type Listener = (event: LiveEvent) => void;
type ToldEvent = Exclude<LiveEvent, { type: "hello" | "beat" | "probe" | "probe-event" }>;

/** What happens, as the feed is told it. */
export type FeedNews =
  | { readonly kind: "probe"; readonly probe: ProbeSummary }
  | { readonly kind: "step"; readonly id: string; readonly event: ProbeEvent }
  | { readonly kind: "event"; readonly event: ToldEvent };

export class LiveFeed {
  readonly #listeners = new Set<Listener>();
  /** Of each run of a probe, its steps so far. */
  readonly #running = new Map<string, { readonly startedAt: string | null; readonly steps: ProbeMessage[] }>();

  #relay: ((news: FeedNews) => void) | null = null;

  /** Calls with all that happens on this server from now on, and not with what happened on another one. */
  relay(to: (news: FeedNews) => void): void {
    this.#relay = to;
  }

  /** What happened on another server. */
  heard(news: FeedNews): void {
    switch (news.kind) {
      case "probe":
        this.#changed(news.probe);
        return;
      case "step":
        this.#happened(news.id, news.event);
        return;
      case "event":
        this.#send(news.event);
    }
  }

  /** A probe's state changed: it was queued, started or ended. */
  changed(probe: ProbeSummary): void {
    this.#relay?.({ kind: "probe", probe });
    this.#changed(probe);
  }

  #changed(probe: ProbeSummary): void {
    const { id, startedAt } = probe;
    // One that another server begins again tells its steps from the first one on.
    if (probe.status === "running" && this.#running.get(id)?.startedAt !== startedAt) this.#running.set(id, { startedAt, steps: [] });
    if (hasEnded(probe)) this.#running.delete(probe.id);
    this.#send({ type: "probe", probe });
  }

  happened(id: string, event: ProbeEvent): void {
    this.#relay?.({ kind: "step", id, event });
    this.#happened(id, event);
  }

  #happened(id: string, event: ProbeEvent): void {
    const steps = this.#running.get(id)?.steps;
    if (steps === undefined) return;
    const message: ProbeMessage = { type: "probe-event", id, sequence: steps.length, event };
    steps.push(message);
    this.#send(message);
  }

  /** Ids of the probes that run. */
  running(): string[] {
    return [...this.#running.keys()];
  }

  /** Something that is told once and not kept. */
  tell(event: ToldEvent): void {
    this.#relay?.({ kind: "event", event });
    this.#send(event);
  }

  /** What happened to a running probe so far; empty for others. */
  soFar(id: string): readonly ProbeEvent[] {
    return (this.#running.get(id)?.steps ?? []).map(({ event }) => event);
  }

  /** Calls for each event, until the signal aborts. The listener returns at once and never throws. */
  listen(listener: Listener, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  /** All that happens from the moment of this call, each step of each probe with it. */
  reader(signal: AbortSignal): FeedReader {
    const reader = new FeedReader();
    this.listen((event) => reader.push(event), signal);
    if (signal.aborted) reader.end();
    else signal.addEventListener("abort", () => reader.end(), { once: true });
    return reader;
  }

  /**
   * One probe: what happened after `sequence`, then what happens, until it ends.
   *
   * @param current reads the probe's state, after this began to listen: nothing falls between
   */
  async *follow(id: string, sequence: number, current: () => Promise<ProbeSummary | null>, signal: AbortSignal): AsyncGenerator<LiveEvent> {
    const events = this.reader(signal);
    const probe = await current();
    if (probe === null) return;
    yield { type: "probe", probe };
    if (hasEnded(probe)) return;
    let seen = sequence;
    let run = probe.startedAt;
    for (const message of [...(this.#running.get(id)?.steps ?? [])]) {
      if (message.sequence <= seen) continue;
      seen = message.sequence;
      yield message;
    }
    for await (const event of events) {
      if (event.type === "probe") {
        if (event.probe.id !== id) continue;
        yield event;
        if (hasEnded(event.probe)) return;
        if (run !== null && event.probe.startedAt !== run) seen = -1;
        run = event.probe.startedAt;
      } else if (event.type === "probe-event" && event.id === id && event.sequence > seen) {
        seen = event.sequence;
        yield event;
      }
    }
  }

  #send(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

export function hasEnded({ status }: ProbeSummary): boolean {
  return status === "done" || status === "cancelled" || status === "failed";
}
