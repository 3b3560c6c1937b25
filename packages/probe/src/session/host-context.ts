/** What all stages of one mail host share: where it is, what may be used up, and what has been recorded so far. */
import type { ProbeEvent, Stage, StageCause, StageOutcome, StageResult } from "@mxray/contracts";
import type { ProbeOptions } from "../options.ts";
import type { ProbePorts } from "../ports.ts";
import type { Transcript } from "../session/transcript.ts";

/** A mail host to probe. */
export interface MailHost {
  readonly name: string | null;
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  readonly preference: number | null;
}

export interface HostContext {
  /** In the order of the `host` events. */
  readonly index: number;
  readonly host: MailHost;
  readonly options: ProbeOptions;
  readonly ports: ProbePorts;
  readonly transcript: Transcript;
  readonly helo: string;
  /** Ends with the whole probe: cancelled, or its deadline. */
  readonly signal: AbortSignal;
  /** Clock reading at which the probe began. */
  readonly began: number;
  readonly emit: (event: ProbeEvent) => void;
  readonly budget: ConnectionBudget;
}

/** Connections that one mail host may be asked for in one probe. */
export class ConnectionBudget {
  /** So far. */
  used = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get left(): number {
    return this.#most - this.used;
  }

  /** The number of the next connection, or null when none is left. */
  take(): number | null {
    if (this.left <= 0) return null;
    this.used += 1;
    return this.used;
  }
}

export function stageResult(
  stage: Stage,
  outcome: StageOutcome,
  ms: number,
  why: { reason?: string; cause?: StageCause; reply?: StageResult["reply"] } = {},
): StageResult {
  return { stage, outcome, ms: round(ms), reason: why.reason ?? null, cause: why.cause ?? null, reply: why.reply ?? null };
}

/** Milliseconds to a tenth: what a clock and a kernel can tell here. */
export function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
