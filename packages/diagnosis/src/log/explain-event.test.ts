import { DIRECTIONS, MAIL_EVENTS, MAIL_STAGES, type MailEvent } from "@mxray/contracts";
import { expect, test } from "vitest";
import { explainEvent } from "./explain-event.ts";

function eventOf(parts: Partial<MailEvent>): MailEvent {
  return {
    file: "-",
    line: 1,
    time: null,
    host: null,
    program: "postfix/smtp",
    pid: null,
    mta: "postfix",
    queueId: null,
    event: "timeout",
    direction: "outbound",
    stage: null,
    command: null,
    bytes: null,
    peer: { name: "mx1.example.test", address: "192.0.2.1", port: 25 },
    status: null,
    dsn: null,
    size: null,
    delay: null,
    delays: null,
    reason: null,
    ...parts,
  };
}

test.each<[string, Partial<MailEvent>, RegExp, RegExp | null]>([
  [
    "the classic one",
    {
      stage: "end-of-data",
      event: "delivery",
      status: "deferred",
      reason: "conversation with mx1.example.test[192.0.2.1] timed out while sending end of data",
    },
    /The delivery to mx1\.example\.test timed out \(smtp_data_done_timeout, 600 seconds by default\) while the answer to the end of the message was awaited\. .*black hole/,
    /refusal/,
  ],
  ["the body", { stage: "body" }, /smtp_data_xfer_timeout, 180 seconds.*firewall that inspects SMTP/, /slow content filter/],
  ["over LMTP", { stage: "body", program: "postfix/lmtp" }, /lmtp_data_xfer_timeout/, /slow/],
  ["Exim", { stage: "end-of-data", mta: "exim", program: "exim" }, /final_timeout, 600 seconds/, /refusal/],
  ["Sendmail", { stage: "body", mta: "sendmail", program: "sendmail" }, /Timeout\.datablock, 3600 seconds/, /slow/],
  [
    "the server's timer first",
    {
      event: "delivery",
      status: "deferred",
      stage: "end-of-data",
      reason: "host said: 421 4.4.2 Error: timeout exceeded (in reply to end of DATA command)",
    },
    /was ended by the server, whose own timer/,
    /refusal/,
  ],
  [
    "a server that got nothing",
    { direction: "inbound", stage: "body", bytes: 0, program: "postfix/smtpd" },
    /The session of .* timed out \(smtpd_timeout, 300 seconds by default\).*Nothing of the content came/,
    /gives up on its own/,
  ],
  [
    "a server that got 64 kB",
    { direction: "inbound", stage: "body", bytes: 65_536, event: "lost-connection" },
    /lost its connection.*no path MTU black hole/,
    /gives up/,
  ],
  [
    "a server that got much",
    { direction: "inbound", stage: "body", bytes: 30_001, event: "lost-connection" },
    /30001 bytes .* full-size packets do arrive/,
    /gives up/,
  ],
  [
    "a server that does not count",
    { direction: "inbound", stage: "body", mta: "exim", program: "exim" },
    /does not say how much of the content had arrived.*path MTU black hole/,
    /messages of any size/,
  ],
  [
    "a host that demands TLS",
    {
      event: "delivery",
      status: "bounced",
      stage: "mail",
      dsn: "5.7.0",
      reason: "host said: 530 5.7.0 Must issue a STARTTLS command first (in reply to MAIL FROM command)",
    },
    /refuses mail without TLS.*masks STARTTLS/,
    /black hole/,
  ],
  [
    "a host that offers no TLS",
    { event: "tls-failed", mta: "exim", program: "exim", reason: "a TLS session is required, but the server did not offer TLS support" },
    /with TLS only.*masks STARTTLS/,
    /black hole/,
  ],
  ["a scanner", { direction: "inbound", stage: "ehlo", event: "lost-connection" }, /Scanners/, /black hole/],
  [
    "a certificate that does not come",
    { event: "tls-failed", reason: "SSL_connect error: Connection timed out" },
    /certificate is the first large packet/,
    /TLS versions/,
  ],
  [
    "TLS that does not match",
    { event: "tls-failed", reason: "no shared cipher" },
    /did not agree on a TLS session: no shared cipher/,
    /black hole/,
  ],
  [
    "a closed port",
    { event: "connect-failed", reason: "Connection refused" },
    /Connecting to mx1\.example\.test failed: Connection refused\./,
    /black hole/,
  ],
  [
    "no answer to a SYN",
    { event: "connect-failed", reason: "Connection timed out" },
    /smtp_connect_timeout, 30 seconds.*port 25/,
    /fits small packets/,
  ],
  [
    "a copy",
    { event: "delivery", status: "deferred", copy: true, reason: "lost connection" },
    /Nothing was tried/,
    /failure of this message/,
  ],
  ["sent", { event: "delivery", status: "sent", delay: 1.2 }, /was delivered to mx1\.example\.test after 1\.2 seconds/, null],
  [
    "a refusal",
    { event: "delivery", status: "deferred", reason: "host said: 450 greylisted" },
    /deferred: host said: 450 greylisted/,
    /gave an answer/,
  ],
  [
    "a filter on this machine",
    { stage: "end-of-data", peer: { name: "127.0.0.1", address: "127.0.0.1", port: 10_024 } },
    /The delivery to 127\.0\.0\.1:10024 on this machine timed out/,
    /black hole: the connection never leaves/,
  ],
  [
    "a mailbox service behind a socket",
    { stage: "body", program: "postfix/lmtp", peer: { name: "mail.example.test", address: "private/dovecot-lmtp", port: null } },
    /on this machine timed out \(lmtp_data_xfer_timeout/,
    /never leaves/,
  ],
  [
    "an answer that tells of another time-out",
    { event: "delivery", status: "deferred", stage: "rcpt", reason: "host mx said: 451 milter timed out (in reply to RCPT TO command)" },
    /deferred: host mx said: 451 milter timed out/,
    /gave an answer/,
  ],
  ["a filter", { event: "content-filter", trouble: "filter-timeout" }, /the filter did not answer in time/, /never leaves this machine/],
  ["a limit", { event: "resource", trouble: "process-limit" }, /a service reached its process limit/, null],
  ["PIX", { event: "pix-workarounds" }, /takes it for a Cisco PIX/, /banner/],
])("%s", (_, parts, tells, not) => {
  const explained = explainEvent(eventOf(parts));
  expect(`${explained.tells} ${explained.means ?? ""}`).toMatch(tells);
  if (not === null) expect(explained.not).toBeNull();
  else expect(explained.not).toMatch(not);
  expect(explained.next).not.toBe("");
});

test("there are words for every event, direction and stage, and they are sentences", () => {
  for (const event of MAIL_EVENTS) {
    for (const direction of [...DIRECTIONS, null]) {
      for (const stage of [...MAIL_STAGES, null]) {
        const { tells, means, next } = explainEvent(eventOf({ event, direction, stage, peer: null }));
        expect(tells).toMatch(/^[A-Z].*\.$/);
        expect(tells).not.toMatch(/undefined|null/);
        expect(means ?? "None.").toMatch(/^[A-Z].*\.$/);
        expect(next).toMatch(/^[A-Z].*\.$/);
      }
    }
  }
});
