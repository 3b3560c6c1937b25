/** What a dialogue with a mail host needs. */
import type { Clock } from "../ports.ts";
import type { HostConnections } from "./host-connections.ts";
import type { MailHost } from "./mail-host.ts";
import type { Patience } from "./patience.ts";
import type { ReplyMeter } from "./reply-meter.ts";
import type { Transcript } from "./transcript.ts";

export interface SessionContext {
  readonly host: MailHost;
  readonly ports: { readonly clock: Clock };
  readonly connections: HostConnections;
  readonly patience: Patience;
  readonly transcript: Transcript;
  readonly replies: ReplyMeter;
  /** Our name in EHLO. */
  readonly helo: string;
  /** Aborts with the whole probe: cancelled, or its deadline. */
  readonly signal: AbortSignal;
}
