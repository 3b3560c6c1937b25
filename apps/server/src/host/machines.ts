/**
 * The machines whose health, SMTP connections and mail queue are known: this server's own, which it looks at itself, and those of the
 * agents that report to it. What an agent reports is dated by this server's clock.
 */
import type {
  AgentMachine,
  HostHealth,
  HostSample,
  LiveDeliveries as LiveDeliveriesBody,
  LiveDelivery,
  Machine as MachineSummary,
  MailQueue,
} from "@mxray/contracts";
import { HOST_CODES } from "@mxray/diagnosis";
import { missingQueue } from "@mxray/host";
import type { MailSocketsResult } from "@mxray/probe";
import type { Store } from "@mxray/store";
import type { LiveFeed } from "../live-feed.ts";
import { Refusal } from "../refusal.ts";
import type { WorkHealth } from "../work-health.ts";
import { HostWatch } from "./host-watch.ts";
import { LiveDeliveries } from "./live-deliveries.ts";

export interface MachinesDeps {
  /** Of this machine; what is left out is not looked at. */
  readonly sampleHost?: (() => HostSample) | undefined;
  readonly readMailSockets?: (() => MailSocketsResult) | undefined;
  readonly readQueue?: ((signal: AbortSignal) => Promise<MailQueue>) | undefined;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly health: WorkHealth;
  /** Called when findings changed. */
  readonly onFindings: () => void;
  /** Called with what stalls on a machine now, once for each connection that has stalled for a while. */
  readonly onStalls: (stalls: readonly LiveDelivery[], agent: string | null) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** What is known of one machine. */
export interface Machine {
  readonly host: { view(): HostHealth };
  readonly live: { view(): LiveDeliveriesBody };
  queue(signal: AbortSignal): Promise<MailQueue>;
}

export class Machines {
  readonly #deps: MachinesDeps;
  readonly #own: { readonly host: HostWatch; readonly live: LiveDeliveries };
  readonly #agents = new Map<string, AgentsMachine>();

  constructor(deps: MachinesDeps) {
    this.#deps = deps;
    this.#own = watched(deps, null);
  }

  start(): void {
    this.#own.host.start();
    this.#own.live.start();
  }

  async stop(): Promise<void> {
    const all = [this.#own, ...this.#agents.values()];
    await Promise.all(all.flatMap(({ host, live }) => [host.stop(), live.stop()]));
  }

  /** @param agent whose machine is meant; undefined for this server's own. @throws Refusal `not-found` */
  of(agent: string | undefined): Machine {
    if (agent !== undefined) {
      const known = this.#agents.get(agent);
      if (known !== undefined) return known;
      throw new Refusal("not-found", `No agent named '${agent}' has reported its machine since this server started.`);
    }
    const { readQueue = async () => missingQueue("This server does not read its machine's mail queue.") } = this.#deps;
    return { ...this.#own, queue: readQueue };
  }

  /** The newest sample of this server's own machine; null before the first. */
  newest(): HostSample | null {
    return this.#own.host.newest();
  }

  list(): MachineSummary[] {
    const { at, count } = this.#own.live.view();
    const own = { agent: null, at: this.newest()?.at ?? at, stalled: count.stalled, waiting: null };
    return [own, ...[...this.#agents].map(([agent, machine]) => machine.summary(agent))];
  }

  /** What an agent reports of its machine. */
  async heard(agent: string, report: AgentMachine): Promise<void> {
    const machine = this.#agents.get(agent) ?? new AgentsMachine(watched(this.#deps, agent));
    this.#agents.set(agent, machine);
    await machine.take(report);
  }

  /** The agent was revoked: nothing is known of its machine any more, and its findings end. */
  async left(agent: string): Promise<void> {
    const { store, feed, onFindings } = this.#deps;
    await this.#agents.get(agent)?.host.stop();
    this.#agents.delete(agent);
    if (!(await store.findings.recordHost({ agent, at: new Date().toISOString(), findings: [], ended: HOST_CODES }))) return;
    feed.tell({ type: "findings" });
    onFindings();
  }
}

function watched({ sampleHost, readMailSockets, store, feed, health, onFindings, onStalls, onError }: MachinesDeps, agent: string | null) {
  const [sample, read] = agent === null ? [sampleHost ?? null, readMailSockets ?? null] : [null, null];
  return {
    host: new HostWatch({ agent, sample, store, feed, health, onChange: onFindings, onError }),
    live: new LiveDeliveries({ read, feed, onStalls: (stalls) => onStalls(stalls, agent), onError }),
  };
}

class AgentsMachine implements Machine {
  readonly host: HostWatch;
  readonly live: LiveDeliveries;
  #queue: MailQueue = missingQueue("The agent has not read its machine's mail queue yet.");
  #at = new Date().toISOString();

  constructor({ host, live }: ReturnType<typeof watched>) {
    this.host = host;
    this.live = live;
  }

  async queue(): Promise<MailQueue> {
    return this.#queue;
  }

  async take({ sentAt, sample, live, queue }: AgentMachine): Promise<void> {
    const now = Date.now();
    const at = new Date(now).toISOString();
    const skewMs = now - Date.parse(sentAt);
    this.#at = at;
    if (queue !== null) this.#queue = shifted({ ...queue, at }, skewMs);
    this.live.take({ ...live, at });
    if (sample !== null) await this.host.take(() => ({ ...sample, at }));
  }

  summary(agent: string): MachineSummary {
    const { missing, messages } = this.#queue;
    return { agent, at: this.#at, stalled: this.live.view().count.stalled, waiting: missing === null ? messages : null };
  }
}

/** With the times at which messages arrived by this server's clock. */
function shifted(queue: MailQueue, byMs: number): MailQueue {
  const clock = <T extends { readonly oldest: string | null }>(row: T): T => ({ ...row, oldest: byClock(row.oldest, byMs) });
  const destinations = queue.destinations.map((row) => clock({ ...row, reasons: row.reasons.map(clock) }));
  return clock({ ...queue, destinations });
}

/** Null also for what is no time. */
function byClock(time: string | null, byMs: number): string | null {
  const ms = time === null ? Number.NaN : Date.parse(time) + byMs;
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}
