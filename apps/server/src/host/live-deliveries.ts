/**
 * A machine's SMTP connections: this server looks at its own every two seconds, an agent tells of those on its machine. A delivery that
 * stalls is known here minutes before the mail server gives up and logs it. Nothing is stored.
 */
import type { LiveDeliveries as LiveDeliveriesBody, LiveDelivery } from "@mxray/contracts";
import { LiveWatch, NOTHING_LIVE } from "@mxray/host";
import type { MailSocketsResult } from "@mxray/probe";
import type { LiveFeed } from "../live-feed.ts";

export interface LiveDeliveriesDeps {
  /** Of this machine; null where nothing is read, or an agent tells. */
  readonly read: (() => MailSocketsResult) | null;
  readonly feed: LiveFeed;
  /** Called with what stalls now, once for each connection that has stalled for a while. */
  readonly onStalls: (stalls: readonly LiveDelivery[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const EVERY_MS = 2000;
/** A stall that lasts so long is worth a probe: an outage of seconds has passed by then. */
const LASTING_MS = 30_000;

export class LiveDeliveries {
  readonly #deps: LiveDeliveriesDeps;
  readonly #watch = new LiveWatch();
  #view: LiveDeliveriesBody = NOTHING_LIVE;
  #timer: NodeJS.Timeout | null = null;
  /** Connections that `onStalls` was called with. */
  #passedOn: ReadonlySet<string> = new Set();
  #doing: Promise<void> = Promise.resolve();

  constructor(deps: LiveDeliveriesDeps) {
    this.#deps = deps;
    if (deps.read === null) this.#view = { ...this.#view, missing: "This server does not read its machine's connections." };
  }

  start(): void {
    if (this.#deps.read === null) return;
    this.#timer = setInterval(() => this.look(), EVERY_MS).unref();
    this.look();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#doing;
  }

  /** Does not throw. */
  look(): void {
    const result = this.#deps.read?.();
    if (result !== undefined) this.take(this.#watch.look(result));
  }

  /** Replaces what was known before. */
  take(view: LiveDeliveriesBody): void {
    const before = this.#view;
    this.#view = view;
    if (view.deliveries.length > 0 || before.deliveries.length > 0) this.#deps.feed.tell({ type: "live-deliveries" });
    this.#passOn(view.deliveries.filter(({ state, forMs }) => state === "stalled" && forMs >= LASTING_MS));
  }

  view(): LiveDeliveriesBody {
    return this.#view;
  }

  #passOn(lasting: readonly LiveDelivery[]): void {
    const { onStalls, onError } = this.#deps;
    const news = lasting.filter(({ id }) => !this.#passedOn.has(id));
    this.#passedOn = new Set(lasting.map(({ id }) => id));
    if (news.length > 0) this.#doing = this.#doing.then(() => onStalls(news)).catch(onError);
  }
}
