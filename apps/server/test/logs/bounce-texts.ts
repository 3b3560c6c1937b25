/** Bounces of each kind of writer, synthetic, in their wordings: who wrote it, what it says, the text. */
export const BOUNCES: readonly (readonly [string, object, string])[] = [
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
