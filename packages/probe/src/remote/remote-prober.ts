/**
 * Runs probes for a server elsewhere: in the practice lab's process, in an agent. It is told what to do in calls, tells what happens
 * as it happens in notices, and asks before each connection.
 */
import type { FarConnection, ProbeEvent, ProbeObservation } from "@mxray/contracts";
import type { OwnerZones } from "../hops/hop-owners.ts";
import type { Endpoint, ProbeOptions, ProbeRunner } from "../options.ts";
import type { FarWatch, FarWatcher } from "../ports.ts";

/** Options that can be sent. */
export type RemoteProbeOptions = Omit<ProbeOptions, "admit" | "admitDelivery" | "signal" | "onEvent">;

/** To the prober. `id` is the server's name of a probe, `ask` the prober's number of a question. */
export type ProbeCall =
  | { readonly do: "probe"; readonly id: string; readonly options: RemoteProbeOptions }
  | { readonly do: "cancel"; readonly id: string }
  | { readonly do: "admit"; readonly ask: number; readonly refusal: string | null }
  /** A probe from elsewhere is about to connect to this machine, or has ended: see `FarWatcher`. */
  | { readonly do: "watch"; readonly id: string; readonly address: string; readonly port: number }
  | { readonly do: "unwatch"; readonly id: string; readonly flows: readonly string[] };

/** From the prober. */
export type ProbeNotice =
  | { readonly tell: "event"; readonly id: string; readonly event: ProbeEvent }
  /** May the probe connect there? */
  | { readonly tell: "ask"; readonly id: string; readonly ask: number; readonly host: Endpoint }
  | { readonly tell: "done"; readonly id: string; readonly observation: ProbeObservation }
  /** The watch has begun, or cannot. */
  | { readonly tell: "watching"; readonly id: string; readonly ok: boolean }
  | { readonly tell: "watched"; readonly id: string; readonly connections: FarConnection[] }
  /** A bug: the probe threw. */
  | { readonly tell: "threw"; readonly id: string; readonly reason: string };

export interface RemoteProberDeps {
  readonly runProbe: ProbeRunner;
  readonly tell: (notice: ProbeNotice) => void;
  /** In place of what the server says; null leaves it as it is. */
  readonly ownerZones?: OwnerZones | "off" | null;
  /** A sentence for a host that this machine's own policy forbids: the server is not even asked. */
  readonly refusalOf?: (host: Endpoint) => string | null;
  /** Watches what arrives here of probes from elsewhere; default nobody does. */
  readonly watchFarEnd?: FarWatcher;
}

type Admission = string | null;

/** At a time. One that is never ended counts until the agent begins again. */
const MOST_WATCHES = 16;
const ENDED = "The probe ended before it was its turn.";

export class RemoteProber {
  readonly #deps: RemoteProberDeps;
  readonly #running = new Map<string, AbortController>();
  readonly #watches = new Map<string, FarWatch>();
  readonly #asked = new Map<number, (refusal: Admission) => void>();
  #questions = 0;

  constructor(deps: RemoteProberDeps) {
    this.#deps = deps;
  }

  receive(call: ProbeCall): void {
    switch (call.do) {
      case "probe":
        void this.#probe(call.id, call.options);
        return;
      case "cancel":
        this.#running.get(call.id)?.abort();
        return;
      case "admit":
        this.#asked.get(call.ask)?.(call.refusal);
        return;
      case "watch":
        this.#watch(call.id, call.address, call.port);
        return;
      case "unwatch": {
        const watch = this.#watches.get(call.id);
        this.#watches.delete(call.id);
        if (watch !== undefined) this.#deps.tell({ tell: "watched", id: call.id, connections: watch.stop(call.flows) });
      }
    }
  }

  /** Ends all probes; they tell nothing more that is not under way. */
  stop(): void {
    for (const controller of this.#running.values()) controller.abort();
    for (const watch of this.#watches.values()) watch.stop([]);
    this.#watches.clear();
  }

  #watch(id: string, address: string, port: number): void {
    if (this.#watches.has(id)) return;
    const watch = this.#watches.size < MOST_WATCHES ? (this.#deps.watchFarEnd?.(address, port) ?? null) : null;
    if (watch !== null) this.#watches.set(id, watch);
    this.#deps.tell({ tell: "watching", id, ok: watch !== null });
  }

  async #probe(id: string, options: RemoteProbeOptions): Promise<void> {
    // It was told twice.
    if (this.#running.has(id)) return;
    const { runProbe, tell, ownerZones = null, refusalOf } = this.#deps;
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const observation = await runProbe({
        ...options,
        ...(ownerZones === null ? {} : { ownerZones }),
        signal: controller.signal,
        onEvent: (event) => tell({ tell: "event", id, event }),
        admit: ({ name, address, port, control }, signal) => {
          const host = { name, address, port, ...(control === undefined ? {} : { control }) };
          return refusalOf?.(host) ?? this.#answerTo({ tell: "ask", id, ask: ++this.#questions, host }, signal);
        },
      });
      tell({ tell: "done", id, observation });
    } catch (error) {
      tell({ tell: "threw", id, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Waits for the server's word; a wait ends with the host's signal. */
  #answerTo(question: Extract<ProbeNotice, { tell: "ask" }>, signal: AbortSignal): Promise<Admission> {
    return new Promise((resolve) => {
      const settle = (refusal: Admission) => {
        this.#asked.delete(question.ask);
        signal.removeEventListener("abort", abandon);
        resolve(refusal);
      };
      const abandon = () => settle(ENDED);
      if (signal.aborted) return settle(ENDED);
      signal.addEventListener("abort", abandon, { once: true });
      this.#asked.set(question.ask, settle);
      this.#deps.tell(question);
    });
  }
}
