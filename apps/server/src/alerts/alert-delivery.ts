/**
 * Delivers the outbox. A row is claimed for a limited time, sent, and its answer is written down; who is killed in between leaves a
 * claim that ends, and the row is sent again under the same id. Each channel is served on its own, one alert after the other, so
 * that a dead one delays nobody else. After a day of failures an alert is given up, and shown.
 *
 * Also makes the regular calls: Alertmanager is told again what is open, and heartbeats are sent while all is well.
 */
import type { ClaimedAlert, SilencedHosts, Store, StoredChannel } from "@mxray/store";
import type { LiveFeed } from "../live-feed.ts";
import type { WorkHealth } from "../work-health.ts";
import { alertMessage } from "./alert-message.ts";
import { CallTrouble } from "./call-address.ts";
import { refreshAlertmanager } from "./channels/alertmanager.ts";
import type { SendDeps } from "./channels/sender.ts";
import { SENDERS } from "./channels/senders.ts";
import { type Caller, guardedCall } from "./guarded-call.ts";

export interface AlertDeliveryDeps {
  readonly store: Store;
  readonly publicUrl: () => string;
  readonly feed: LiveFeed;
  /** Hosts in maintenance. @param now milliseconds since 1970 */
  readonly silenced?: (now: number) => Promise<SilencedHosts[]>;
  readonly health: WorkHealth;
  readonly onError: (error: unknown) => void;
  readonly call?: Caller;
}

/** Longer than any attempt takes. */
const LEASE_MS = 60_000;
const DAY_MS = 86_400_000;
const LEAST_PAUSE_MS = 5000;
const MOST_PAUSE_MS = 300_000;
const LEAST_SLEEP_MS = 500;
/** Looks again after this time, should nobody ask: whatever writes a finding writes the alert, and need not know of this. */
const LONGEST_SLEEP_MS = 10_000;
/** Between two calls of a channel that is called regularly. */
const CALL_EVERY_MS = 60_000;
const BUG = "mxray failed to send it; the server's log has the details.";

export class AlertDelivery {
  readonly #deps: AlertDeliveryDeps;
  readonly #call: Caller;
  readonly #busy = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #asked = false;
  #stopped = true;

  constructor(deps: AlertDeliveryDeps) {
    this.#deps = deps;
    this.#call = deps.call ?? guardedCall;
  }

  /** Sends what is due, until it is stopped. */
  async start(): Promise<void> {
    const { store } = this.#deps;
    this.#stopped = false;
    if (store.servers === null) await store.alerts.release();
    this.ask();
  }

  /** Returns when nothing is being sent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all(this.#busy.values());
  }

  /** There may be something to send. */
  ask(): void {
    if (this.#stopped || this.#asked) return;
    this.#asked = true;
    this.#looking = this.#looking.then(() => this.#look());
  }

  async #look(): Promise<void> {
    this.#asked = false;
    if (this.#stopped) return;
    const { store, health, onError } = this.#deps;
    try {
      const now = Date.now();
      await store.alerts.prepare(stamp(now), stamp(now + MOST_PAUSE_MS), await this.#deps.silenced?.(now));
      const due = await store.alerts.claim({ now: stamp(now), until: stamp(now + LEASE_MS), busy: [...this.#busy.keys()] });
      for (const alert of due) this.#begin(alert.channel.id, () => this.#send(alert));
      const calls = await store.channels.claimCalls(["alertmanager", "heartbeat"], stamp(now), stamp(now + CALL_EVERY_MS));
      for (const channel of calls) this.#begin(`call ${channel.id}`, () => this.#callRegularly(channel));
      const next = await store.alerts.nextDueAt();
      const wait = next === null ? LONGEST_SLEEP_MS : Date.parse(next) - Date.now();
      this.#sleep(Math.max(LEAST_SLEEP_MS, Math.min(wait, LONGEST_SLEEP_MS)));
      health.succeeded("alerts");
    } catch (error) {
      onError(error);
      health.failed("alerts", error);
      this.#sleep(LONGEST_SLEEP_MS);
    }
  }

  #sleep(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.ask(), ms).unref();
  }

  #begin(name: string, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => this.#deps.onError(error))
      .finally(() => {
        this.#busy.delete(name);
        this.ask();
      });
    this.#busy.set(name, done);
  }

  async #send(alert: ClaimedAlert): Promise<void> {
    const { store, feed, publicUrl } = this.#deps;
    const { channel, number, attempt } = alert;
    const message = alertMessage(alert, publicUrl(), stamp(Date.now()));
    const { ok, answer } = await this.#attempt(() => SENDERS[channel.kind](message, channel, this.#sendDeps()));
    const now = Date.now();
    const retry = { dueAt: stamp(now + retryPause(attempt)), giveUp: stamp(now - DAY_MS) };
    await store.alerts.end(
      number,
      attempt,
      ok ? { state: "delivered", at: stamp(now), answer } : { state: "retry", at: stamp(now), ...retry, answer },
    );
    await store.channels.noteTrouble(channel.id, ok ? null : answer);
    feed.tell({ type: "alerts" });
  }

  async #callRegularly(channel: StoredChannel): Promise<void> {
    const { store, health, feed } = this.#deps;
    const deps = this.#sendDeps();
    const reported = channel.kind === "alertmanager" ? await store.alerts.reported(channel.id) : [];
    const isDue = channel.kind === "alertmanager" ? reported.length > 0 : health.problems().length === 0;
    if (!isDue) return;
    const { ok, answer } = await this.#attempt(() =>
      channel.kind === "alertmanager" ? refreshAlertmanager(reported, channel, deps) : deps.call({ method: "GET", url: channel.url }),
    );
    const trouble = ok ? null : answer;
    if (trouble === channel.trouble) return;
    await store.channels.noteTrouble(channel.id, trouble);
    feed.tell({ type: "alerts" });
  }

  async #attempt(work: () => Promise<string>): Promise<{ readonly ok: boolean; readonly answer: string }> {
    try {
      return { ok: true, answer: await work() };
    } catch (error) {
      if (error instanceof CallTrouble) return { ok: false, answer: error.message };
      this.#deps.onError(error);
      return { ok: false, answer: BUG };
    }
  }

  #sendDeps(): SendDeps {
    return { call: this.#call, publicUrl: this.#deps.publicUrl() };
  }
}

/** @param attempt begun so far, from 1 @returns milliseconds to the next: 5 s, doubled each time, 5 minutes at most */
function retryPause(attempt: number): number {
  return Math.min(MOST_PAUSE_MS, LEAST_PAUSE_MS * 2 ** Math.min(attempt - 1, 20));
}

function stamp(time: number): string {
  return new Date(time).toISOString();
}
