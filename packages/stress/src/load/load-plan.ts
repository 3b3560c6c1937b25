/** What one run of the generator needs beside its options. */
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { StressOptions } from "@mxray/contracts";

export interface LoadPlan {
  readonly options: StressOptions;
  readonly address: string;
  readonly port: number;
  /** The name that the target's certificate should carry; it is sent as SNI and not checked. */
  readonly name: string;
  readonly credentials: { readonly user: string; readonly password: string } | null;
  /** What the operator of the target reads in HELO and in each message. */
  readonly about: { readonly run: string; readonly by: string; readonly host: string };
  readonly secureContext?: SecureContext;
  /** Called with each connection, as soon as it is open. */
  readonly onConnected?: (socket: Socket) => void;
}

/** Connections at most, whatever is asked for. */
export const MOST_SESSIONS = 1000;
export const MOST_MESSAGES = 10_000_000;
export const MOST_SECONDS = 3600;
/** Messages per second at most. */
export const MOST_RATE = 20_000;
/** Bytes of one message: what Postfix takes by default is 10,240,000. */
export const MOST_BYTES = 50_000_000;
/** The header says who makes the load, and needs room for it. */
export const LEAST_BYTES = 600;
