/** What one probe is asked to do, and what it may touch. */
import type { ProbeEvent, ProbeObservation, Stage, Target, Vantage } from "@mxray/contracts";
import type { OwnerZones } from "./hops/hop-owners.ts";

/** What is about to be connected to. */
export interface Endpoint {
  readonly name: string | null;
  /** Canonical, as resolved. */
  readonly address: string;
  readonly port: number;
  /** It is a control host, not the target's. */
  readonly control?: true;
}

export interface ProbeOptions {
  readonly target: Target;
  readonly vantage: Vantage;
  /** Recipient of the DATA ladder; nothing is ever delivered. Default `postmaster@domain`, for an address `<postmaster>`. */
  readonly recipient?: string;
  /** EHLO name; default this machine's host name. */
  readonly helo?: string;
  /** Envelope sender; default the null sender. */
  readonly from?: string;
  /** Who answers questions about these probes, named in the DATA ladder's payload; MXRAY_CONTACT. */
  readonly contact?: string;
  /** `IP` or `IP:PORT` of a recursive resolver; default the system's. */
  readonly resolver?: string;
  /** Milliseconds for the whole probe; default 60,000. */
  readonly deadlineMs?: number;
  /** Default: all but end-of-data. */
  readonly stages?: readonly Stage[];
  /** Probe a bare name as a host, without an MX look-up. */
  readonly noMx?: boolean;
  readonly family?: 4 | 6;
  /** Ladders on every address, not only on one per mail host and family (at most 4 per domain). */
  readonly allAddresses?: boolean;
  /** Which of the addresses that are too many for one probe get the ladders: a round's number, from 0; default 0. */
  readonly round?: number;
  /** Payload rungs of 64 and 256 kB; default true, false in automatic probes. */
  readonly largePayloads?: boolean;
  /** Search the hops after a black hole; `always`: also of a path that works, for comparison with another. Default true. */
  readonly trace?: boolean | "always";
  /** Look up reverse names and AS numbers of hops; default true. */
  readonly owner?: boolean;
  /** Zones of the DNS service that tells which network announces an address; `off` asks none. */
  readonly ownerZones?: OwnerZones | "off";
  /** Unrelated hosts that tell our own trouble from the target's; none by default. */
  readonly controls?: readonly Target[];
  /** The end-of-data test: two labelled messages are really delivered to this address, by way of the preferred mail host. */
  readonly deliverTo?: string;
  /**
   * Asked once for the end-of-data test, when the host waits for the first message and before any of it leaves: null lets both
   * messages go, a sentence keeps them back. The promise never rejects. Default lets them go.
   */
  readonly admitDelivery?: (messageIds: readonly string[]) => Promise<string | null>;
  /**
   * Asked before every connection: null admits it (a promise may make it wait its turn), a sentence refuses it. Default admits all.
   * A wait ends, with a sentence, when `signal` does; the promise never rejects.
   */
  readonly admit?: (host: Endpoint, signal: AbortSignal) => string | null | Promise<string | null>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ProbeEvent) => void;
}

/** A vantage's one verb. It resolves always: a probe that fails is a result; it rejects for bugs only. */
export type ProbeRunner = (options: ProbeOptions) => Promise<ProbeObservation>;
