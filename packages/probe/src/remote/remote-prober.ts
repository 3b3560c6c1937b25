/**
 * Runs probes for a server elsewhere: in the practice lab's process, in an agent. It is told what to do in calls, tells what happens
 * as it happens in notices, and asks before each connection.
 */
import type { ProbeEvent, ProbeObservation } from "@mxray/contracts";
import type { OwnerZones } from "../hops/hop-owners.ts";
import type { Endpoint, ProbeOptions, ProbeRunner } from "../options.ts";

/** Options that can be sent. */
export type RemoteProbeOptions = Omit<ProbeOptions, "admit" | "admitDelivery" | "signal" | "onEvent">;

/** To the prober. `id` is the server's name of a probe, `ask` the prober's number of a question. */
export type ProbeCall =
  | { readonly do: "probe"; readonly id: string; readonly options: RemoteProbeOptions }
  | { readonly do: "cancel"; readonly id: string }
  | { readonly do: "admit"; readonly ask: number; readonly refusal: string | null };

/** From the prober. */
export type ProbeNotice =
  | { readonly tell: "event"; readonly id: string; readonly event: ProbeEvent }
  /** May the probe connect there? */
  | { readonly tell: "ask"; readonly id: string; readonly ask: number; readonly host: Endpoint }
  | { readonly tell: "done"; readonly id: string; readonly observation: ProbeObservation }
  /** A bug: the probe threw. */
  | { readonly tell: "threw"; readonly id: string; readonly reason: string };

export interface RemoteProberDeps {
  readonly runProbe: ProbeRunner;
  readonly tell: (notice: ProbeNotice) => void;
  /** In place of what the server says; null leaves it as it is. */
  readonly ownerZones?: OwnerZones | "off" | null;
  /** A sentence for a host that this machine's own policy forbids: the server is not even asked. */
  readonly refusalOf?: (host: Endpoint) => string | null;
}

type Admission = string | null;

const ENDED = "The probe ended before it was its turn.";

export class RemoteProber {
  readonly #deps: RemoteProberDeps;
  readonly #running = new Map<string, AbortController>();
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
    }
  }

  /** Ends all probes; they tell nothing more that is not under way. */
  stop(): void {
    for (const controller of this.#running.values()) controller.abort();
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
