import { expect, test } from "vitest";
import type { PeerSign } from "../terms/log-terms.ts";
import type { MailEvent } from "./mail-event.ts";
import { peerSignOf } from "./peer-sign.ts";

const of = (event: Pick<MailEvent, "event"> & Partial<MailEvent>) =>
  peerSignOf({ stage: null, status: event.event === "delivery" ? "deferred" : null, dsn: null, reason: null, ...event });

test.each<[string, PeerSign | null, Pick<MailEvent, "event"> & Partial<MailEvent>]>([
  ["connect to mx.test[192.0.2.1]:25: Connection timed out", "connect-timeout", { event: "connect-failed" }],
  ["connect to mx.test[2001:db8::1]:25: Operation timed out", "connect-timeout", { event: "delivery", stage: "connect" }],
  ["connect to mx.test[192.0.2.1]:25: Connection refused", "connect-failed", { event: "connect-failed" }],
  ["Deferred: Connection timed out with mx.test.", "connect-timeout", { event: "delivery", stage: "connect" }],
  ["Deferred: Connection timed out with mx.test.", null, { event: "delivery", stage: "body" }],
  ["TLS is required, but was not offered by host mx.test[192.0.2.1]", "tls-not-offered", { event: "delivery", dsn: "4.7.4" }],
  ["TLS is required, but host mx.test[192.0.2.1] refused to start TLS: 454 4.7.0 no", "tls-not-offered", { event: "tls-failed" }],
  ["a TLS session is required, but the server did not offer TLS support", "tls-not-offered", { event: "tls-failed" }],
  ["a TLS session is required, but an attempt to start TLS failed", "tls-not-offered", { event: "tls-failed" }],
  ["Deferred: 403 4.7.0 encryption too weak 0 less than 112", "tls-not-offered", { event: "delivery" }],
  [
    "host mx.test[192.0.2.1] said: 530 5.7.0 Must issue a STARTTLS command first (in reply to MAIL FROM command)",
    "tls-demanded",
    { event: "delivery" },
  ],
  [
    "host mx.test[192.0.2.1] said: 451 5.7.3 STARTTLS is required to send mail (in reply to MAIL FROM command)",
    "tls-demanded",
    { event: "delivery" },
  ],
  [
    "SMTP error from remote mail server after MAIL FROM:<a@b.test>: 530 TLS required",
    "tls-demanded",
    { event: "delivery", status: "bounced" },
  ],
  ["host mx.test[192.0.2.1] said: 554 5.7.1 Service unavailable; blocked using list.test", null, { event: "delivery" }],
  ["530 5.7.0 Must issue a STARTTLS command first; from=<a@b.test>", null, { event: "reject", dsn: "5.7.0" }],
  ["TLS is required, but our TLS engine is unavailable", null, { event: "delivery" }],
  ["Server certificate not trusted", "tls-untrusted", { event: "delivery", dsn: "4.7.5" }],
  ["TLS session: (certificate verification failed): certificate invalid", "tls-untrusted", { event: "tls-failed" }],
  ["certificate verification failed for mx.test[192.0.2.1]:25: untrusted issuer", null, { event: "tls-failed" }],
  ["Cannot start TLS: handshake failure", null, { event: "delivery", dsn: "4.7.5" }],
  ["message size 52428801 exceeds size limit 10485760 of server mx.test[192.0.2.1]", "too-big", { event: "delivery", status: "bounced" }],
  [
    "host mx.test[192.0.2.1] said: 552 5.3.4 Message size exceeds fixed limit (in reply to MAIL FROM command)",
    "too-big",
    { event: "delivery" },
  ],
  ["552-5.2.3 Your message exceeded the message size limits", "too-big", { event: "delivery", dsn: "5.2.3" }],
  ["rejected from <c@example.test>: message too big: read=52428801 max=52428800", "too-big", { event: "reject" }],
  ["552 5.3.4 Message size exceeds fixed limit; from=<a@b.test>", "too-big", { event: "reject", dsn: "5.3.4" }],
  ["450 4.2.0 Greylisted", null, { event: "reject", dsn: "4.2.0" }],
  ["host mx.test[192.0.2.1] said: 452 4.2.2 mailbox full", null, { event: "delivery", dsn: "4.2.2" }],
  ["250 ok", null, { event: "delivery", status: "sent" }],
  [
    "delivery temporarily suspended: connect to mx.test[192.0.2.1]:25: Connection timed out",
    null,
    { event: "delivery", stage: "connect", copy: true },
  ],
  ["conversation with mx.test[192.0.2.1] timed out while sending message body", null, { event: "timeout", stage: "body" }],
])("%s: %s", (reason, sign, event) => {
  expect(of({ ...event, reason })).toBe(sign);
});
