/**
 * A line about an attempt that is still under way, kept until the attempt's delivery record: Postfix writes
 * `conversation with relay.test[192.0.2.8] timed out` without the port and `relay=relay.test[192.0.2.8]:587` with it, and Exim
 * may report one failure in both lines. Plain data: it goes to the store and comes back after a restart.
 */
import type { MailStage, Peer, PeerReach } from "@mxray/contracts";
import type { LogFailure } from "./log-failure.ts";
import type { LogProgram } from "./log-program.ts";

export interface HeldLine {
  /** Different for all lines that are held at one time. */
  readonly slot: number;
  readonly file: string;
  readonly line: number;
  /** ms UTC; null where the line has no time. */
  readonly timeMs: number | null;
  readonly program: LogProgram;
  readonly pid: number;
  readonly queueId: string;
  readonly times: number;
  readonly event: "lost-connection" | "timeout";
  readonly peer: Peer;
  readonly reach: PeerReach;
  readonly stage: MailStage | null;
  readonly failure: LogFailure | null;
  /** It begins an episode of stalls. */
  readonly episode: boolean;
  /** Bytes of the message; -1 where unknown. */
  readonly size: number;
  /** One character per byte. */
  readonly reason: string;
}
