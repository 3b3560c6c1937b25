/** What a pasted text other than a log line reports: a bounce, a line of a queue listing, a line of a firewall's log. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf } from "../schema-parts.ts";
import { MAIL_STAGES } from "../terms/log-terms.ts";
import { Peer } from "./mail-event.ts";

export const PastedFault = Type.Object({
  source: OneOf(["bounce", "queue", "firewall"]),
  /** The program that wrote the text. */
  writer: OneOf(["Postfix", "Exim", "Sendmail", "Exchange", "Microsoft 365", "Gmail", "qmail", "Cisco ASA", "a mail server"]),
  peer: Nullable(Peer),
  /**
   * How it broke: no answer came, the receiving server waited in vain, the connection ended, no connection was made, the domain
   * has no mail host, TLS failed, or the other side refused; the time in the queue ran out for a reason that the text does not give;
   * the firewall ended the session, dropped a router's message about a packet that is too large, or met such a packet.
   */
  failure: OneOf([
    ...["timeout", "peer-timeout", "lost-connection", "connect-failed", "no-host", "tls-failed", "reply", "expired"],
    ...["dropped", "icmp-dropped", "packet-too-big", "unknown"],
  ] as const),
  stage: Nullable(OneOf(MAIL_STAGES)),
  status: Nullable(OneOf(["bounced", "deferred"])),
  dsn: Nullable(Type.String()),
  /** Messages that wait with this reason, in a queue listing. */
  count: Type.Integer({ minimum: 1 }),
  /** The words that say so, at most 300 characters. */
  reason: Type.String(),
});
export type PastedFault = Static<typeof PastedFault>;
