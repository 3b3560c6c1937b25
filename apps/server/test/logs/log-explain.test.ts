/** What people paste: bounces of each kind, queue listings, a firewall's line, log lines. Synthetic, in the wordings of their writers. */
import type { LogStore } from "@mxray/store";
import { expect, test } from "vitest";
import { explainText } from "../../src/logs/reading/log-explain.ts";

const NO_STORE = { eventsOfMessage: async () => [] } as unknown as LogStore;

const BOUNCES: readonly (readonly [string, object, string])[] = [
  [
    "Postfix",
    {
      writer: "Postfix",
      failure: "timeout",
      stage: "body",
      status: null,
      dsn: null,
      peer: { name: "mx1.example.com", address: "192.0.2.10" },
    },
    "<user@example.com>: conversation with mx1.example.com[192.0.2.10] timed out while sending message body",
  ],
  [
    "Postfix",
    { writer: "Postfix", failure: "lost-connection", stage: "end-of-data", status: "deferred", dsn: "4.4.2" },
    "This is the mail system at host mail.sender.example.\n####################\n# THIS IS A WARNING ONLY. #\nYour message could not be delivered for more than 4 hour(s). It will be retried until it is 5 day(s) old.\n\n<amy@recipient.example>: lost connection with mx.recipient.example[203.0.113.1]\n    while sending end of data -- message may be sent more than once\n\nFinal-Recipient: rfc822; amy@recipient.example\nAction: delayed\nStatus: 4.4.2\n",
  ],
  [
    "Exim",
    {
      writer: "Exim",
      failure: "timeout",
      stage: "end-of-data",
      status: "bounced",
      peer: { name: "mx.recipient.example", address: "203.0.113.1" },
    },
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients.\n\n  amy@recipient.example\n    host mx.recipient.example [203.0.113.1]\n    SMTP timeout after end of data (20810 bytes written): Connection timed out:\n    retry timeout exceeded\n",
  ],
  [
    "Sendmail",
    { writer: "Sendmail", failure: "timeout", stage: null, status: "deferred", peer: { name: "mx.recipient.example" } },
    "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **********************************************\n\n   ----- The following addresses had transient non-fatal errors -----\n<amy@recipient.example>\n\n   ----- Transcript of session follows -----\n<amy@recipient.example>... Deferred: Connection timed out with mx.recipient.example.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
  ],
  [
    "Exchange",
    { writer: "Exchange", failure: "lost-connection", status: "deferred", dsn: "4.4.2" },
    '451 4.4.0 Primary target IP address responded with: "421 4.4.2 Connection dropped due to SocketError." Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.',
  ],
  [
    "Microsoft 365",
    { writer: "Microsoft 365", failure: "connect-failed", stage: "connect", status: "bounced", dsn: "5.4.316" },
    "Delivery has failed to these recipients or groups:\namy@recipient.example\nThe message could not be delivered.\nRemote Server returned '550 5.4.316 Message expired, connection refused(Socket error code 10061)'\nGenerating server: AB1PR01MB0001.eurprd01.prod.outlook.com",
  ],
  [
    "Gmail",
    { writer: "Gmail", failure: "connect-failed", status: "deferred", peer: { name: "mx.recipient.example", address: "203.0.113.1" } },
    "Delivery incomplete\nThere was a temporary problem delivering your message to amy@recipient.example. Gmail will retry for 46 more hours.\nThe response was:\nThe recipient server did not accept our requests to connect. Learn more at https://support.google.com/mail/answer/7720 [mx.recipient.example. 203.0.113.1: timed out]",
  ],
  [
    "a provider",
    { writer: "a mail server", failure: "reply", status: "bounced", dsn: "5.7.1" },
    "Your message to amy@recipient.example couldn't be delivered.\nReporting-MTA: dns; out.provider.example\nFinal-Recipient: rfc822; amy@recipient.example\nAction: failed\nStatus: 5.7.1\nRemote-MTA: dns; mx.recipient.example (203.0.113.1)\nDiagnostic-Code: smtp; 550 5.7.1 blocked using list.example",
  ],
  [
    "Gmail, a server that stopped waiting",
    { writer: "Gmail", failure: "peer-timeout", status: "deferred", dsn: "4.4.2", reason: "451 4.4.2 Timeout - closing connection" },
    "There was a temporary problem delivering your message to amy@recipient.example. Gmail will retry for 46 more hours.\n\nThe response was:\n\n451 4.4.2 Timeout - closing connection",
  ],
  [
    "Microsoft 365, the host it tried last",
    {
      writer: "Microsoft 365",
      failure: "timeout",
      stage: null,
      peer: { name: "mx.recipient.example", address: "203.0.113.1", port: 25 },
      reason: "421 4.4.2 Connection dropped due to TimedOut",
    },
    "amy@recipient.example\nRemote server returned '550 5.4.300 Message expired -> 421 4.4.2 Connection dropped due to TimedOut [Message=Socket] [LastAttemptedServerName=mx.recipient.example] [LastAttemptedIP=203.0.113.1:25] [DB3EUR04FT055.eop-eur04.prod.protection.outlook.com]'",
  ],
  [
    "Exchange, the last error of its queue",
    {
      writer: "Exchange",
      failure: "lost-connection",
      peer: { name: "mx.recipient.example", address: "203.0.113.1" },
      reason: "421 4.4.2 Connection dropped due to ConnectionReset",
    },
    'Last Error: [{LED=441 4.4.1 Error encountered while communicating with primary target IP address: "421 4.4.2 Connection dropped due to ConnectionReset". Attempted failover to alternate host, but that did not succeed.};{MSG=};{FQDN=mx.recipient.example};{IP=203.0.113.1};{LRT=30/11/2026 08:00:00}]',
  ],
  [
    "Exchange, a domain that does not exist",
    { writer: "Exchange", failure: "no-host", dsn: "5.4.4", peer: null },
    "Delivery has failed to these recipients or groups:\namy@recipient.example\n550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain\nGenerating server: EX01.corp.example.net",
  ],
  [
    "Postfix, its words alone",
    { writer: "Postfix", failure: "timeout", stage: "body", status: null, peer: null },
    "timed out while sending message body",
  ],
  [
    "Postfix, a name that does not exist",
    { writer: "Postfix", failure: "no-host", peer: null, reason: "Host or domain name not found" },
    "<amy@recipient.example>: Host or domain name not found. Name service error for name=recipient.example type=AAAA: Host not found",
  ],
  [
    "Postfix, a refused recipient",
    {
      failure: "reply",
      stage: "rcpt",
      dsn: "5.1.1",
      reason: "host mx.recipient.example[203.0.113.1] said: 550 5.1.1 (address): Recipient address rejected: User unknown",
    },
    "<amy@recipient.example>: host mx.recipient.example[203.0.113.1] said: 550 5.1.1\n    <amy@recipient.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)",
  ],
  [
    "Sendmail, the phase of its client",
    { writer: "Sendmail", failure: "timeout", stage: "data-command" },
    "   ----- Transcript of session follows -----\n451 4.4.1 timeout waiting for input from mx.recipient.example. during client DATA 354\n<amy@recipient.example>... Deferred",
  ],
  [
    "qmail",
    { writer: "qmail", failure: "lost-connection", stage: "end-of-data", peer: { name: null, address: "203.0.113.1" } },
    "Hi. This is the qmail-send program at mail.sender.example.\n\n<amy@recipient.example>:\nConnected to 203.0.113.1 but connection died. Possible duplicate! (#4.4.2)",
  ],
  [
    "Exim, a server that stopped waiting",
    { writer: "Exim", failure: "peer-timeout", peer: { name: "mx.recipient.example", address: "203.0.113.1" } },
    "host mx.recipient.example [203.0.113.1]\n SMTP error from remote mail server after end of data: 421 mx.recipient.example: SMTP incoming data timeout - closing connection",
  ],
  [
    "a provider that could not connect",
    {
      writer: "a mail server",
      failure: "connect-failed",
      stage: "connect",
      peer: { name: "mx.recipient.example", address: "203.0.113.1" },
    },
    "Sorry, we were unable to deliver your message to the following address.\n\n<amy@recipient.example>:\nUnable to deliver message after multiple retries, giving up.\nConnect to mx.recipient.example (203.0.113.1): connection timed out",
  ],
];

test.each(BOUNCES)("a bounce of %s", async (_name, expected, text) => {
  const told = await explainText(text, NO_STORE);
  expect(told.kind).toBe("bounce");
  expect(told.faults[0]).toMatchObject(expected);
  expect(told.event).toBeNull();
  expect(told.tells).not.toBeNull();
  // Nothing of the recipient's address is repeated, and nothing is invented.
  expect(JSON.stringify(told)).not.toMatch(/amy@|user@|000000/);
});

const LISTINGS: readonly (readonly [string, number, object, string])[] = [
  [
    "postqueue -p",
    2,
    { writer: "Postfix", failure: "timeout", stage: "body", count: 2, status: "deferred" },
    "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n3A2F21B8A0*   20810 Mon Jan  5 04:11:22  bob@sender.example\n(conversation with mx.recipient.example[203.0.113.1] timed out while sending message body)\n                                         amy@recipient.example\n\n3A2F21B8A1    31810 Mon Jan  5 05:11:22  bob@sender.example\n(conversation with mx.recipient.example[203.0.113.1] timed out while sending message body)\n                                         amy@recipient.example\n\n3A2F21B8A2      910 Mon Jan  5 05:11:22  bob@sender.example\n  (connect to mx.other.example[203.0.113.9]:25: Connection refused)\n                                         amy@other.example\n\n-- 53 Kbytes in 3 Requests.\n",
  ],
  [
    "postqueue -j",
    1,
    { writer: "Postfix", failure: "lost-connection", stage: "end-of-data", count: 1 },
    '{"queue_name": "deferred", "queue_id": "3A2F21B8A0", "arrival_time": 1767586282, "message_size": 20810, "forced_expire": false, "sender": "bob@sender.example", "recipients": [{"address": "amy@recipient.example", "delay_reason": "lost connection with mx.recipient.example[203.0.113.1] while sending end of data -- message may be sent more than once"}]}\n{"queue_name": "active", "queue_id": "3A2F21B8A1", "arrival_time": 1767586282, "message_size": 1, "sender": "", "recipients": [{"address": "amy@recipient.example"}]}',
  ],
  [
    "mailq of Sendmail",
    1,
    { writer: "Sendmail", failure: "timeout", stage: null, count: 1, peer: { name: "mx.recipient.example" } },
    "\t\t/var/spool/mqueue (1 request)\n-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------\nv8GABCde012345    20810 Mon Jan  5 04:11 <bob@sender.example>\n                 (Deferred: Connection timed out with mx.recipient.example.)\n\t\t\t\t\t <amy@recipient.example>\n\t\tTotal requests: 1\n",
  ],
];

test.each(LISTINGS)("%s", async (_name, most, expected, text) => {
  const told = await explainText(text, NO_STORE);
  expect(told.kind).toBe("queue");
  expect(told.faults[0]).toMatchObject(expected);
  expect(told.faults[0]?.count).toBe(most);
  expect(JSON.stringify(told)).not.toContain("amy@");
});

test("exim -bp gives no reasons, and that is said", async () => {
  const told = await explainText(" 2d  20K 1tABCD-000000005vi-0000 <bob@sender.example>\n          amy@recipient.example\n", NO_STORE);
  expect(told).toMatchObject({ kind: "queue", faults: [], tells: null });
});

test.each([
  [
    "%ASA-4-108004: ESMTP Classification: Dropped connection for ESMTP Request from inside:192.0.2.5/51000 to outside:203.0.113.1/25; matched Class 4: header line length gt 998",
    "dropped",
  ],
  [
    "Jan  5 04:11:22 fw %ASA-5-108007: TLS started on ESMTP session between client inside:192.0.2.5/51000 and server outside:203.0.113.1/25",
    "unknown",
  ],
  [
    "%ASA-4-507003: tcp flow from inside:192.0.2.5/51000 to outside:203.0.113.1/25 terminated by inspection engine, reason - inspector disconnected, dropped packet.",
    "dropped",
  ],
])("a firewall's line: %s", async (text, failure) => {
  const told = await explainText(text, NO_STORE);
  expect(told).toMatchObject({ kind: "firewall", faults: [{ writer: "Cisco ASA", failure }] });
  expect(told.means).toContain("inspect esmtp");
});

test("several lines at once, and lines in quotes, are read as a log", async () => {
  const told = await explainText(
    "> Jan  5 04:11:22 mx1 postfix/qmgr[2]: 3A2F21B8A0: from=<bob@sender.example>, size=20810, nrcpt=1 (queue active)\n> Jan  5 04:14:22 mx1 postfix/smtp[3]: 3A2F21B8A0: to=<amy@recipient.example>, relay=mx.recipient.example[203.0.113.1]:25, delay=180, delays=0/0/1/179, dsn=4.4.2, status=deferred (conversation with mx.recipient.example[203.0.113.1] timed out while sending message body)",
    NO_STORE,
  );
  expect(told).toMatchObject({ kind: "line", event: { event: "delivery", stage: "body", size: 20_810 }, target: "203.0.113.1" });
});

test.each([
  [
    "an idle client is no fault",
    "Jan  5 04:11:22 mx1 postfix/smtpd[5]: timeout after END-OF-MESSAGE from client.sender.example[198.51.100.7]",
    /Nothing is wrong/,
  ],
  [
    "a slow handshake is a stall",
    "Jan  5 04:11:22 mx1 postfix/smtp[5]: 3A2F21B8A0: to=<a@recipient.example>, relay=mx.recipient.example[203.0.113.1]:25, delay=301, delays=0/0/300/0, dsn=4.7.5, status=deferred (Cannot start TLS: handshake failure)",
    /first large packet/,
  ],
])("%s", async (_name, text, means) => {
  expect((await explainText(text, NO_STORE)).means).toMatch(means);
});

test("a bounce that does not say at which step it broke is explained for each, and never as one without mail", async () => {
  const text = "Last Error: 421 4.4.2 Connection dropped due to TimedOut [LastAttemptedServerName=mx.recipient.example]";
  const { faults, means } = await explainText(text, NO_STORE);
  expect(faults).toMatchObject([{ failure: "timeout", stage: null }]);
  expect(means).toMatch(/does not say at which step.* full-size packets/);
});

test("a text that reports nothing is unknown", async () => {
  for (const text of ["hello there, the mail is slow today", "", "<".repeat(30_000), "Thanks for your message about the timetable."]) {
    expect((await explainText(text, NO_STORE)).kind, text.slice(0, 40)).toBe("unknown");
  }
});
