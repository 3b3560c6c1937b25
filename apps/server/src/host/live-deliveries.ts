/**
 * Looks at this machine's SMTP connections every two seconds: a delivery that stalls is known here minutes before the mail server
 * gives up and logs it. Nothing is stored.
 */
import type { LiveDeliveries as LiveDeliveriesBody, LiveDelivery } from "@mxray/contracts";
import { LiveJudgement } from "@mxray/host";
import type { MailSocketsResult } from "@mxray/probe";
import type { LiveFeed } from "../live-feed.ts";

export interface LiveDeliveriesDeps {
  /** Null where nothing is read. */
  readonly read: (() => MailSocketsResult) | null;
  readonly feed: LiveFeed;
  /** Called with what stalls now, once for each connection that has stalled for a while. */
  readonly onStalls: (stalls: readonly LiveDelivery[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const EVERY_MS = 2000;
const MOST_SHOWN = 200;
/** A stall that lasts so long is worth a probe: an outage of seconds has passed by then. */
const LASTING_MS = 30_000;

export class LiveDeliveries {
  readonly #deps: LiveDeliveriesDeps;
  readonly #judgement = new LiveJudgement();
  #view: LiveDeliveriesBody = { at: null, missing: null, count: { inbound: 0, outbound: 0, stalled: 0 }, deliveries: [] };
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
    const { read, feed } = this.#deps;
    const result = read?.();
    if (result === undefined) return;
    const deliveries = result.ok ? this.#judgement.judge(result.connections, performance.now()) : [];
    const before = this.#view;
    this.#view = {
      at: new Date().toISOString(),
      missing: result.ok ? null : result.reason,
      count: countsOf(deliveries),
      deliveries: deliveries.slice(0, MOST_SHOWN),
    };
    if (deliveries.length > 0 || before.deliveries.length > 0) feed.tell({ type: "live-deliveries" });
    this.#passOn(deliveries.filter(({ state, forMs }) => state === "stalled" && forMs >= LASTING_MS));
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

function countsOf(deliveries: readonly LiveDelivery[]): LiveDeliveriesBody["count"] {
  const number = (test: (one: LiveDelivery) => boolean) => deliveries.filter(test).length;
  return {
    inbound: number(({ direction }) => direction === "inbound"),
    outbound: number(({ direction }) => direction === "outbound"),
    stalled: number(({ state }) => state === "stalled"),
  };
}
