/** Runs probes, a bounded number at once; the others wait as rows of the store, so that a restart loses none. */
import {
  isPracticeName,
  LOCAL_VANTAGE,
  type ProbeObservation,
  type ProbeRequest,
  type ProbeSummary,
  parseTarget,
  STAGES,
  type Target,
} from "@mxray/contracts";
import { diagnoseHosts, verdictOf } from "@mxray/diagnosis";
import type { Endpoint, ProbeOptions } from "@mxray/probe";
import type { Store, StoredProbe } from "@mxray/store";
import type { Config } from "../config/config.ts";
import { hasEnded, type LiveFeed } from "../live-feed.ts";
import type { Settings } from "../live-settings.ts";
import { Refusal } from "../refusal.ts";
import { type ProbeVantage, VantageError } from "../vantages/vantage.ts";
import type { Vantages } from "../vantages/vantages.ts";
import { claimDelivery, deliveryLimits, deliveryRefusal, interruptedDelivery } from "./delivery-test.ts";
import { fixedByProbe } from "./fixed-by-probe.ts";
import { HostPace } from "./host-pace.ts";
import { lastingFindings } from "./lasting-findings.ts";

export interface ProbeQueueDeps {
  readonly config: Pick<Config, "paceMs" | "queueLimit" | "concurrency">;
  readonly settings: Settings;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly vantages: Vantages;
  /** Told of a bug: a probe that threw instead of ending with a result. */
  readonly onError: (error: unknown) => void;
}

const STAGES_WITHOUT_DATA = STAGES.filter((stage) => stage !== "envelope" && stage !== "data-ladder" && stage !== "end-of-data");

/** Why a running probe's signal was aborted. */
const CANCELLED = "cancelled";
const STOPPED = "stopped";

/** Why a probe is asked for, where it is not for its own sake. */
export interface ProbeOrigin {
  /** The probe whose fix this one checks. */
  readonly previousId?: string;
  /** The watch of which this is a round. */
  readonly watchId?: string;
}

export class ProbeQueue {
  readonly #deps: ProbeQueueDeps;
  readonly #pace: HostPace;
  readonly #waiting: string[] = [];
  readonly #running = new Map<string, { readonly controller: AbortController; readonly ended: Promise<void> }>();
  /** Probes that are being written down: each has its place already. */
  #coming = 0;
  #stopped = false;

  constructor(deps: ProbeQueueDeps) {
    this.#deps = deps;
    this.#pace = new HostPace(deps.config.paceMs);
  }

  /** Takes up what a former process left. */
  async resume(): Promise<void> {
    this.#waiting.push(...(await this.#deps.store.probes.resume()));
    this.#fill();
  }

  /**
   * Writes the probe down and runs it when its turn comes.
   *
   * @throws Refusal `queue-full`, `no-such-vantage`, `vantage-not-ready`, `port-not-allowed`, `target-not-allowed`, `too-many-deliveries`
   */
  async submit(request: ProbeRequest, origin: ProbeOrigin = {}): Promise<ProbeSummary> {
    const { config, store, feed } = this.#deps;
    const places = config.queueLimit + config.concurrency - this.#running.size;
    if (this.#waiting.length + this.#coming >= places) {
      throw new Refusal("queue-full", `${config.queueLimit} probes are waiting already; try again in a minute.`);
    }
    this.#coming += 1;
    try {
      await this.check(request);
      const { name, practice } = this.vantageOf(request);
      const now = Date.now();
      const asked = {
        target: request.target.trim(),
        request: name === LOCAL_VANTAGE ? request : { ...request, vantage: name },
        createdAt: new Date(now).toISOString(),
        previousId: null,
        practice,
        ...origin,
      };
      const probe = await store.probes.admit(asked, { deliveries: deliveryLimits(now) });
      if (typeof probe === "string") throw deliveryRefusal(probe, request.deliverTo ?? "");
      feed.changed(probe);
      this.#waiting.push(probe.id);
      this.#fill();
      return probe;
    } finally {
      this.#coming -= 1;
    }
  }

  /**
   * That the vantage is there, and its policy does not refuse the target whatever it resolves to.
   *
   * @throws Refusal `no-such-vantage`, `vantage-not-ready`, `port-not-allowed`, `target-not-allowed`
   */
  async check(request: ProbeRequest): Promise<void> {
    const { settings } = this.#deps;
    const vantage = this.vantageOf(request);
    const { state, description } = await vantage.info();
    if (state !== "ready") throw new VantageError(`${description} does not run; start it first.`);
    const parsed = parseTarget(request.target, { mailAddress: true });
    if (!parsed.ok) return;
    const refusal = vantage.refusalOfTarget(parsed.target);
    if (refusal === null) return;
    throw new Refusal(settings.values.allowPorts.includes(parsed.target.port) ? "target-not-allowed" : "port-not-allowed", refusal);
  }

  /** Names of the practice lab exist only there. @throws Refusal `no-such-vantage` */
  vantageOf({ vantage, target }: ProbeRequest): ProbeVantage {
    const { vantages } = this.#deps;
    const parsed = parseTarget(target, { mailAddress: true });
    const lab = vantage === undefined && parsed.ok && isPracticeName(parsed.target.host) ? vantages.practice() : null;
    return lab ?? vantages.named(vantage ?? LOCAL_VANTAGE);
  }

  /** Ends a probe early, keeping what it measured; false when it had ended. */
  async cancel(id: string): Promise<boolean> {
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.controller.abort(CANCELLED);
      await running.ended;
      return true;
    }
    const place = this.#waiting.indexOf(id);
    if (place !== -1) this.#waiting.splice(place, 1);
    return await this.#finish(id, { status: "cancelled", observation: null, error: null });
  }

  /** Stops the probes that run; they are queued again at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { controller } of this.#running.values()) controller.abort(STOPPED);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #fill(): void {
    while (!this.#stopped && this.#running.size < this.#deps.config.concurrency) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      const controller = new AbortController();
      const ended = this.#run(id, controller.signal)
        .catch(this.#deps.onError)
        .finally(() => {
          this.#running.delete(id);
          this.#pace.forget(id);
          this.#fill();
        });
      this.#running.set(id, { controller, ended });
    }
  }

  async #run(id: string, signal: AbortSignal): Promise<void> {
    const { store, feed } = this.#deps;
    try {
      if (!(await store.probes.start(id, new Date().toISOString()))) return;
      const stored = await store.probes.get(id);
      if (stored === null) return;
      feed.changed(stored.summary);
      if (await this.#endInterruptedDelivery(id, null)) return;
      const vantage = this.#deps.vantages.named(stored.summary.vantage);
      const observation = await vantage.runProbe(this.#options(stored, vantage, signal));
      if (signal.reason === STOPPED) {
        await this.#endInterruptedDelivery(id, observation);
        return;
      }
      const status = signal.reason === CANCELLED ? "cancelled" : "done";
      await this.#finish(id, { status, observation, error: null });
    } catch (error) {
      const told = error instanceof VantageError ? error.message : null;
      if (told === null) this.#deps.onError(error);
      await this.#finish(id, {
        status: "failed",
        observation: null,
        error: told ?? "The probe stopped because of an error in mxray; the server's log has the details.",
      });
    }
  }

  /** What has begun to deliver is not run again; true when that is so. */
  async #endInterruptedDelivery(id: string, observation: ProbeObservation | null): Promise<boolean> {
    const delivery = await this.#deps.store.deliveries.ofProbe(id);
    if (delivery === null) return false;
    return await this.#finish(id, { status: "failed", observation, error: interruptedDelivery(delivery) });
  }

  async #finish(
    id: string,
    { status, observation, error }: { status: "done" | "cancelled" | "failed"; observation: ProbeObservation | null; error: string | null },
  ): Promise<boolean> {
    const { store, feed } = this.#deps;
    const findings = observation === null ? [] : diagnoseHosts(observation);
    const probe = await store.probes.get(id);
    // What a cancelled probe did not get to see is no finding that lasts.
    const ran = status === "done" && observation !== null && probe !== null;
    const lasting = ran ? await lastingFindings(store, probe, observation, findings) : [];
    const closed = observation === null ? { fixed: [] } : await fixedByProbe(store, id, observation);
    const finished = await store.probes.finish(id, {
      status,
      finishedAt: new Date().toISOString(),
      observation,
      findings: lasting,
      ...closed,
      verdict: verdictOf(findings),
      error,
    });
    const stored = await store.probes.get(id);
    if (stored !== null && hasEnded(stored.summary)) feed.changed(stored.summary);
    const kept = closed.fixed.length > 0 || lasting.some(({ severity }) => severity !== "info");
    if (finished && kept) feed.tell({ type: "findings" });
    return finished;
  }

  #options({ summary: { id }, request }: StoredProbe, vantage: ProbeVantage, signal: AbortSignal): ProbeOptions {
    const { feed } = this.#deps;
    const parsed = parseTarget(request.target, { mailAddress: true });
    if (!parsed.ok) throw new Error(`A stored probe has a target that was never accepted: ${parsed.message}`);
    const recipient = request.recipient ?? parsed.target.recipient;
    const controls = request.controls?.map(controlOf);
    return {
      ...vantage.settings,
      target: parsed.target,
      signal,
      onEvent: (event) => feed.happened(id, event),
      // The operator's own controls are no business of the policy; those that a request names are.
      admit: (host, hostSignal) => (host.control && controls === undefined ? null : this.#admit(id, vantage, host, hostSignal)),
      noMx: request.noMx === true,
      allAddresses: request.allAddresses === true,
      ...given("controls", controls),
      ...(request.dataLadder === false ? { stages: STAGES_WITHOUT_DATA } : {}),
      ...given("recipient", recipient ?? undefined),
      ...given("family", request.family),
      ...given("deliverTo", request.deliverTo),
      admitDelivery: (messageIds) => claimDelivery(this.#deps, id, request.deliverTo ?? "", messageIds),
    };
  }

  async #admit(probeId: string, vantage: ProbeVantage, host: Endpoint, signal: AbortSignal): Promise<string | null> {
    const refusal = vantage.refusalOfHost(host);
    if (refusal !== null || !vantage.paced) return refusal;
    return (await this.#pace.turn(probeId, host.address, signal))
      ? null
      : "The probe ended while it waited its turn: this host was probed a moment ago.";
  }
}

function controlOf(text: string): Target {
  const parsed = parseTarget(text);
  if (!parsed.ok) throw new Error(`A stored probe has a control that was never accepted: ${parsed.message}`);
  return parsed.target;
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}
