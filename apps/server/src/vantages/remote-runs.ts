/** Probes that run elsewhere for this server: what was asked of a prober, and what it told of it so far. */
import { randomUUID } from "node:crypto";
import { type ProbeObservation, printable } from "@mxray/contracts";
import type { ProbeCall, ProbeNotice, ProbeOptions } from "@mxray/probe";
import type { FarEnd, VantageError } from "./vantage.ts";

/** A probe of ten addresses has some thousand. */
const MOST_EVENTS = 20_000;

/** An agent that does not answer by then does not keep a probe waiting, milliseconds. */
const FAR_END_MS = 2000;

interface Run {
  readonly options: ProbeOptions;
  readonly over: AbortController;
  readonly resolve: (observation: ProbeObservation) => void;
  readonly reject: (error: Error) => void;
  events: number;
}

export interface RemoteRunsDeps {
  readonly send: (call: ProbeCall) => void;
  /** It tells more of a probe than any probe has to tell. */
  readonly onFlood: () => void;
}

export class RemoteRuns {
  readonly #deps: RemoteRunsDeps;
  readonly #runs = new Map<string, Run>();
  /** Who waits for a word about a far end, by the watch's id. */
  readonly #ends = new Map<string, (notice: ProbeNotice) => void>();

  constructor(deps: RemoteRunsDeps) {
    this.#deps = deps;
  }

  /** Resolves like any probe runner. @throws what `failAll` is called with */
  async runProbe(options: ProbeOptions): Promise<ProbeObservation> {
    const { admit: _admit, admitDelivery: _admitDelivery, onEvent: _onEvent, signal, ...plain } = options;
    const id = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<ProbeObservation>();
    const over = new AbortController();
    const cancel = () => {
      over.abort();
      this.#deps.send({ do: "cancel", id });
    };
    this.#runs.set(id, { options, over, resolve, reject, events: 0 });
    this.#deps.send({ do: "probe", id, options: plain });
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) cancel();
    try {
      // Where it was measured, and what was asked, is for us to say.
      return { ...(await promise), vantage: options.vantage, target: options.target.input };
    } finally {
      signal?.removeEventListener("abort", cancel);
      over.abort();
      this.#runs.delete(id);
    }
  }

  receive(notice: ProbeNotice): void {
    const run = this.#runs.get(notice.id);
    switch (notice.tell) {
      case "event":
        this.#happened(run, notice.event);
        break;
      case "ask":
        void this.#admit(run, notice);
        break;
      case "done":
        run?.resolve(notice.observation);
        break;
      case "watching":
      case "watched":
        this.#ends.get(notice.id)?.(notice);
        break;
      case "threw":
        run?.reject(new Error(`A probe elsewhere threw: ${printable(notice.reason)}`));
        break;
    }
  }

  /** Asks for a watch of the far end of a probe, see `FarEnd`; null where there is none in time. */
  async watchFarEnd(address: string, port: number): Promise<FarEnd | null> {
    const id = randomUUID();
    const began = await this.#told(id, { do: "watch", id, address, port });
    if (began?.tell !== "watching" || !began.ok) return null;
    return {
      stop: async (flows) => {
        const ended = await this.#told(id, { do: "unwatch", id, flows });
        return ended?.tell === "watched" ? ended.connections : [];
      },
    };
  }

  /** What is told in answer to a call; null where nothing is, in time. */
  async #told(id: string, call: ProbeCall): Promise<ProbeNotice | null> {
    const { promise, resolve } = Promise.withResolvers<ProbeNotice | null>();
    this.#ends.set(id, resolve);
    const timer = setTimeout(() => resolve(null), FAR_END_MS);
    this.#deps.send(call);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#ends.delete(id);
    }
  }

  failAll(error: VantageError): void {
    for (const run of this.#runs.values()) run.reject(error);
  }

  #happened(run: Run | undefined, event: Extract<ProbeNotice, { tell: "event" }>["event"]): void {
    if (run === undefined) return;
    run.events += 1;
    if (run.events <= MOST_EVENTS) run.options.onEvent?.(event);
    else this.#deps.onFlood();
  }

  async #admit(run: Run | undefined, { ask, host }: Extract<ProbeNotice, { tell: "ask" }>): Promise<void> {
    const admit = run?.options.admit ?? (() => (run === undefined ? "The probe has ended." : null));
    const refusal = await admit(host, run?.over.signal ?? AbortSignal.abort());
    this.#deps.send({ do: "admit", ask, refusal });
  }
}
