/** Runs probes, a bounded number at once; the others wait as rows of the store, so that a restart loses none. */
import { type ProbeObservation, type ProbeRequest, type ProbeSummary, parseTarget, STAGES, type Vantage } from "@mxray/contracts";
import { diagnoseProbe, provesGone, verdictOf } from "@mxray/diagnosis";
import type { Endpoint, ProbeOptions, ProbeRunner } from "@mxray/probe";
import type { Store, StoredProbe } from "@mxray/store";
import { ApiError } from "../api-error.ts";
import type { Config } from "../config.ts";
import { admitDelivery } from "./delivery-limit.ts";
import { HostPace } from "./host-pace.ts";
import { hasEnded, type LiveFeed } from "./live-feed.ts";
import { refusalOfAddress, refusalOfName } from "./target-policy.ts";

export interface ProbeQueueDeps {
  readonly config: Config;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly runProbe: ProbeRunner;
  readonly vantage: Vantage;
  /** Told of a bug: a probe that threw instead of ending with a result. */
  readonly onError: (error: unknown) => void;
}

const STAGES_WITHOUT_DATA = STAGES.filter((stage) => stage !== "envelope" && stage !== "data-ladder" && stage !== "end-of-data");

/** Why a running probe's signal was aborted. */
const CANCELLED = "cancelled";
const STOPPED = "stopped";

export class ProbeQueue {
  readonly #deps: ProbeQueueDeps;
  readonly #pace: HostPace;
  readonly #waiting: string[] = [];
  readonly #running = new Map<string, { readonly controller: AbortController; readonly ended: Promise<void> }>();
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
   * @param previousId the probe whose fix this one checks
   * @throws ApiError `queue-full`, `too-many-deliveries`
   */
  async submit(request: ProbeRequest, previousId: string | null = null): Promise<ProbeSummary> {
    const { config, store, feed } = this.#deps;
    if (this.#waiting.length >= config.queueLimit) {
      throw new ApiError(503, "queue-full", `${config.queueLimit} probes are waiting already; try again in a minute.`);
    }
    if (request.deliverTo !== undefined) await admitDelivery(store, request.deliverTo);
    const probe = await store.probes.create({ target: request.target.trim(), request, createdAt: new Date().toISOString(), previousId });
    feed.changed(probe);
    this.#waiting.push(probe.id);
    this.#fill();
    return probe;
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
    if (!(await store.probes.start(id, new Date().toISOString()))) return;
    const stored = await store.probes.get(id);
    if (stored === null) return;
    feed.changed(stored.summary);
    try {
      const observation = await this.#deps.runProbe(this.#options(stored, signal));
      if (signal.reason === STOPPED) return;
      const status = signal.reason === CANCELLED ? "cancelled" : "done";
      await this.#finish(id, { status, observation, error: null });
    } catch (error) {
      this.#deps.onError(error);
      await this.#finish(id, {
        status: "failed",
        observation: null,
        error: "The probe stopped because of an error in mxray; the server's log has the details.",
      });
    }
  }

  async #finish(
    id: string,
    { status, observation, error }: { status: "done" | "cancelled" | "failed"; observation: ProbeObservation | null; error: string | null },
  ): Promise<boolean> {
    const { store, feed } = this.#deps;
    const findings = observation === null ? [] : diagnoseProbe(observation);
    // What a cancelled probe did not get to see is no finding that lasts.
    const lasting = status === "done" ? findings : [];
    const finished = await store.probes.finish(id, {
      status,
      finishedAt: new Date().toISOString(),
      observation,
      findings: lasting,
      fixed: observation === null ? [] : await this.#fixedBy(id, observation),
      verdict: verdictOf(findings),
      error,
    });
    const stored = await store.probes.get(id);
    if (stored !== null && hasEnded(stored.summary)) feed.changed(stored.summary);
    return finished;
  }

  /** Ids of the findings, of the probe whose fix this one checks, that are proven gone. */
  async #fixedBy(id: string, observation: ProbeObservation): Promise<string[]> {
    const { store } = this.#deps;
    const previousId = (await store.probes.get(id))?.summary.previousId ?? null;
    const checked = previousId === null ? [] : await store.findings.ofProbe(previousId);
    return checked.filter(({ finding }) => provesGone(finding, observation)).map((finding) => finding.id);
  }

  #options({ summary: { id }, request }: StoredProbe, signal: AbortSignal): ProbeOptions {
    const { config, vantage, feed } = this.#deps;
    const parsed = parseTarget(request.target, { mailAddress: true });
    if (!parsed.ok) throw new Error(`A stored probe has a target that was never accepted: ${parsed.message}`);
    const recipient = request.recipient ?? parsed.target.recipient;
    return {
      target: parsed.target,
      vantage,
      signal,
      controls: config.controls,
      onEvent: (event) => feed.happened(id, event),
      admit: (host, hostSignal) => this.#admit(id, host, hostSignal),
      noMx: request.noMx === true,
      allAddresses: request.allAddresses === true,
      ...(request.dataLadder === false ? { stages: STAGES_WITHOUT_DATA } : {}),
      ...given("recipient", recipient ?? undefined),
      ...given("family", request.family),
      ...given("deliverTo", request.deliverTo),
      ...given("helo", config.helo),
      ...given("contact", config.contact),
      ...given("resolver", config.resolver),
      ...given("ownerZones", config.ownerZones),
    };
  }

  async #admit(probeId: string, { name, address, port }: Endpoint, signal: AbortSignal): Promise<string | null> {
    const { config } = this.#deps;
    const refusal = refusalOfName(config, name) ?? refusalOfAddress(config, address, port);
    if (refusal !== null) return refusal;
    return (await this.#pace.turn(probeId, address, signal))
      ? null
      : "The probe ended while it waited its turn: this host was probed a moment ago.";
  }
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}
