/** What a mail host saw of its clients, one record per connection, for tests to look at. */

export type MailHostEnd =
  /** Still open. */
  | "open"
  /** The client sent FIN. */
  | "client-closed"
  /** The client sent RST, or the connection broke. */
  | "client-reset"
  /** The host ended it. */
  | "host-ended";

export interface MailHostConnection {
  /** Counts from 1 within the host. */
  readonly number: number;
  readonly from: string;
  /** Command lines without CRLF, Latin-1, cut to 200 characters; those inside TLS too. */
  readonly commands: string[];
  /** Lengths in bytes of what each read of a command returned: what arrived together. */
  readonly pieces: number[];
  /** Bytes of message bodies received. */
  bodyBytes: number;
  /** Messages accepted, each with its header and body cut to 20,000 characters. */
  readonly delivered: string[];
  tls: boolean;
  ended: MailHostEnd;
}

export function mailHostConnection(number: number, from: string): MailHostConnection {
  return { number, from, commands: [], pieces: [], bodyBytes: 0, delivered: [], tls: false, ended: "open" };
}
