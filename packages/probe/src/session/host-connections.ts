/**
 * The connections to one mail host, and their only owner: it opens them, one at a time and within the budget, keeps a
 * record of each, and ends every one of them. The previous connection is gone before the next SYN leaves, and a moment has
 * passed: hosts that allow one connection per client turn the second one away, and go on counting the first one until the
 * process that served it has ended.
 */
import type { ConnectionPurpose, ConnectionRecord } from "@mxray/contracts";
import type { Clock, Connection, ConnectionEnd, Dialer, DialOutcome } from "../ports.ts";
import type { ConnectionBudget } from "./connection-budget.ts";
import type { MailHost } from "./mail-host.ts";

export type HostConnection =
  | { readonly ok: true; readonly connection: Connection; readonly number: number }
  | {
      readonly ok: false;
      /** `used-up`: the budget is spent. `policy`: the vantage may not connect there. Nothing left this machine for either. */
      readonly cause: Extract<DialOutcome, { ok: false }>["cause"] | "used-up" | "policy";
      readonly reason: string;
      /** The number of the attempt in the transcript, or null when none was made. */
      readonly number: number | null;
    };

export interface ConnectionRequest {
  /** TCP_MAXSEG, bytes. */
  readonly mss?: number;
  /** Of an earlier connection, to go the same way as that. */
  readonly localPort?: number;
  /** For the handshake of TCP. */
  readonly timeoutMs: number;
  readonly purpose: ConnectionPurpose;
}

export interface HostConnectionsOptions {
  readonly host: MailHost;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly budget: ConnectionBudget;
  /** Asked before each connection; a sentence refuses it. */
  readonly admit?: (host: MailHost, signal: AbortSignal) => string | null | Promise<string | null>;
}

/**
 * Between the end of one connection and the next SYN. An Exim that allows one connection per client answers 421 to a SYN that
 * follows at once. Its process for the last connection takes about as long to end as the next one takes to begin and to greet:
 * the pause is a multiple of that, so a busy host gets more time than a quick one.
 */
const PAUSE_MS = { least: 40, most: 500 } as const;
const GREETINGS_PER_PAUSE = 4;

/** Nothing waits longer than this for a connection that was told to end: `late` when the probe's time is up. */
const LONGEST_END_MS = { usual: 2500, late: 200 } as const;

interface EndedConnection {
  readonly number: number;
  readonly startedAt: string;
  readonly local: string | null;
  readonly end: ConnectionEnd;
  /** Payload bytes that arrived in order; null where that is not known. */
  readonly received?: number | null;
}

export class HostConnections {
  readonly records: ConnectionRecord[] = [];
  readonly #options: HostConnectionsOptions;
  #pauseMs: number = PAUSE_MS.least;
  #count = 0;
  #crowded = false;
  #turnedAway = false;
  /** Clock reading. */
  #endedAt: number | null = null;
  #current: { readonly connection: Connection; readonly recorded: Promise<void> } | null = null;

  constructor(options: HostConnectionsOptions) {
    this.#options = options;
  }

  /**
   * @param mss TCP_MAXSEG, bytes
   * @param timeoutMs for the handshake of TCP
   */
  async open({ mss, localPort, timeoutMs, purpose }: ConnectionRequest): Promise<HostConnection> {
    const { host, dialer, clock, signal, budget, admit } = this.#options;
    await this.end();
    if (this.#turnedAway) return { ok: false, cause: "used-up", reason: "The host takes no further connections from here.", number: null };
    await this.#pause();
    const refusal = await admit?.(host, signal);
    if (typeof refusal === "string") return { ok: false, cause: "policy", reason: refusal, number: null };
    const number = budget.take(purpose);
    if (number === null) {
      return { ok: false, cause: "used-up", reason: "The probe's connections to this host are used up.", number };
    }
    this.#count += 1;
    const startedAt = clock.timestamp();
    const { address, family, port } = host;
    const dialled = await dialer.dial({
      address,
      family,
      port,
      timeoutMs,
      signal,
      ...(mss === undefined ? {} : { mss }),
      ...(localPort === undefined ? {} : { localPort }),
    });
    if (!dialled.ok) {
      const { cause, reason, local } = dialled;
      const end = cause === "refused" || cause === "reset" ? "reset" : "timeout";
      this.#record({ number, startedAt, local: local === null ? null : endpoint(local.address, local.port), end });
      return { ok: false, cause, reason, number };
    }
    const { connection } = dialled;
    const recorded = connection.ended.then((end) =>
      this.#record({
        number,
        startedAt,
        local: endpoint(connection.localAddress, connection.localPort),
        end,
        received: connection.lastFacts?.()?.bytesReceived ?? null,
      }),
    );
    this.#current = { connection, recorded };
    return { ok: true, connection, number };
  }

  /** @param ms from the end of TCP's handshake to the host's first word, without the round trip */
  noteGreeting(ms: number): void {
    this.#pauseMs = Math.max(this.#pauseMs, Math.min(PAUSE_MS.most, GREETINGS_PER_PAUSE * ms));
  }

  /**
   * The host takes no second connection: the longest pauses from now on, since it may still count one that has ended. False where
   * that was said before, or there was none: then no further one is opened.
   */
  slowDown(): boolean {
    this.#turnedAway = this.#count < 2 || this.#crowded;
    this.#crowded = true;
    this.#pauseMs = PAUSE_MS.most;
    return !this.#turnedAway;
  }

  async #pause(): Promise<void> {
    const { clock, signal } = this.#options;
    const left = this.#endedAt === null ? 0 : this.#endedAt + this.#pauseMs - clock.now();
    if (left > 0) await clock.sleep(left, signal);
  }

  /** Ends the connection that is still open, if one is, and resolves when this machine has let go of it. */
  async end(): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    const { clock, signal } = this.#options;
    current.connection.reset(signal.aborted ? "timeout" : "reset");
    const over = new AbortController();
    await Promise.race([current.recorded, clock.sleep(signal.aborted ? LONGEST_END_MS.late : LONGEST_END_MS.usual, over.signal)]);
    // With a reason of its own: without one, each would cost an exception with its stack.
    over.abort("over");
  }

  #record({ number, startedAt, local, end, received = null }: EndedConnection): void {
    const { host, clock } = this.#options;
    this.#endedAt = clock.now();
    const remote = endpoint(host.address, host.port);
    this.records.push({ n: number, local, remote, startedAt, endedAt: clock.timestamp(), end, ...(received === null ? {} : { received }) });
  }
}

function endpoint(address: string, port: number): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
