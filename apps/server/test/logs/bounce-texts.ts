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
  [
    "Gmail, a server that demands TLS",
    {
      writer: "Gmail",
      failure: "tls-failed",
      stage: "starttls",
      dsn: "5.7.0",
      status: "bounced",
      peer: { name: "mx.partner.example", address: "203.0.113.9" },
    },
    "** Message not delivered **\n\nYour message couldn't be delivered to bob@partner.example because the remote server is misconfigured. See the technical details below for more information.\n\nThe response from the remote server was:\n530 5.7.0 Must issue a STARTTLS command first.\n\nFinal-Recipient: rfc822; bob@partner.example\nAction: failed\nStatus: 5.7.0\nRemote-MTA: dns; mx.partner.example. (203.0.113.9, the server for the domain partner.example.)\nDiagnostic-Code: smtp; 530 5.7.0 Must issue a STARTTLS command first.\nLast-Attempt-Date: Mon, 30 Nov 2026 01:00:00 -0800 (PST)",
  ],
  [
    "Microsoft 365, an expired message with the last reasons",
    { writer: "Microsoft 365", failure: "lost-connection", peer: null },
    "Your message to bob@partner.example couldn't be delivered.\npartner.example suspects... \nStatus code: 550 5.4.300\n\nDiagnostic information for administrators:\nGenerating server: DB7PR01MB0000.eurprd01.prod.exchangelabs.com\nbob@partner.example\nRemote server returned '550 5.4.300 Message expired -> 451 4.4.397 Error communicating with target host. -> 421 4.4.2 Connection dropped due to ConnectionReset'",
  ],
  [
    "Microsoft 365, a certificate that is not trusted",
    { writer: "Microsoft 365", failure: "tls-failed", dsn: "4.7.320", status: "deferred" },
    "Remote server returned '450 4.7.320 Certificate validation failed [Message=UntrustedRoot] [LastAttemptedServerName=mx.partner.example] [LastAttemptedIP=203.0.113.9:25]'",
  ],
  [
    "a provider that quotes a reply without an enhanced code",
    { writer: "a mail server", failure: "reply", status: "bounced", peer: null },
    "Sorry, we were unable to deliver your message to the following address.\n\n<bob@partner.example>:\nRemote host said: 554 delivery error: dd This user doesn't have a partner.example account [0] - mx123.mail.partner.example [DATA]",
  ],
  [
    "a provider without DNS",
    { writer: "a mail server", failure: "no-host", dsn: "4.4.7", peer: null },
    "An error occurred while trying to deliver the mail to the following recipients:\nbob@partner.example\nReporting-MTA: dns; a7-11.smtp-out.eu-west-1.amazonses.com\nAction: failed\nFinal-Recipient: rfc822; bob@partner.example\nDiagnostic-Code: smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.0 Unable to lookup DNS for partner.example>\nStatus: 4.4.7",
  ],
  [
    "Exim, a server that closed the connection",
    {
      writer: "Exim",
      failure: "lost-connection",
      stage: "end-of-data",
      status: "bounced",
      peer: { name: "mx.partner.example", address: "2001:db8::9" },
    },
    "bob@partner.example\n    host mx.partner.example [2001:db8::9]\n    Remote host closed connection in response to end of data:\n    retry timeout exceeded",
  ],
  [
    "Sendmail, a message that came from another host",
    { writer: "Sendmail", failure: "lost-connection", status: "bounced", peer: { name: "mx.partner.example", address: null } },
    "The original message was received at Mon, 30 Nov 2026 01:00:00 +0100\nfrom localhost [127.0.0.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<bob@partner.example>\n\n   ----- Transcript of session follows -----\n<bob@partner.example>... Deferred: Connection reset by mx.partner.example.\nMessage could not be delivered for 5 days\nMessage will be deleted from queue",
  ],
  [
    "Postfix, TLS that is not offered",
    { writer: "Postfix", failure: "tls-failed", stage: "starttls", peer: { name: "mx.partner.example", address: "203.0.113.9" } },
    "<bob@partner.example>: TLS is required, but was not offered by host\n    mx.partner.example[203.0.113.9]",
  ],
  [
    "Postfix, a domain that leads back to itself",
    { writer: "Postfix", failure: "unknown", peer: null },
    "<bob@partner.example>: mail for partner.example loops back to myself",
  ],
  [
    "qmail, a refused recipient",
    { writer: "qmail", failure: "reply", status: "bounced", dsn: "5.1.1", peer: { name: null, address: "203.0.113.9" } },
    "Hi. This is the qmail-send program at mail.sender.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<bob@partner.example>:\n203.0.113.9 does not like recipient.\nRemote host said: 550 sorry, no mailbox here by that name (#5.1.1)\nGiving up on 203.0.113.9.",
  ],
  [
    "a provider, a message that expired without a reason",
    { failure: "expired", status: "bounced", dsn: "4.4.7" },
    "Diagnostic-Code: smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes.\nFinal-Recipient: rfc822; amy@recipient.example\nAction: failed\nStatus: 4.4.7",
  ],
  [
    "Microsoft 365, a message that expired after the connection was dropped",
    { failure: "lost-connection", status: "bounced", dsn: "4.4.2", peer: { name: null, address: "203.0.113.9", port: 25 } },
    "Delivery has failed to these recipients or groups:\n\nbob@partner.example\nGenerating server: mail.sender.example\n\nbob@partner.example\n11/3/2026 11:35:33 AM - Server at mail.sender.example returned '550 5.4.300 Message expired -> 451 4.4.0 Primary target IP address responded with: \"421 4.4.2 Connection dropped due to SocketError.\" Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts. The last endpoint attempted was 203.0.113.9:25'",
  ],
  [
    "Microsoft 365, a message trace",
    {
      writer: "Microsoft 365",
      failure: "connect-failed",
      status: "deferred",
      peer: { name: "mx.partner.example", address: "203.0.113.9" },
    },
    "Reason: [{LED=450 4.4.316 Connection refused [Message=Socket error code 10061] [LastAttemptedServerName=mx.partner.example] [LastAttemptedIP=203.0.113.9:25] [SmtpSecurity=-1;-1]};{MSG=Socket error code 10061};{FQDN=mx.partner.example};{IP=203.0.113.9}]",
  ],
  [
    "Microsoft 365, the last error alone",
    { writer: "Microsoft 365", failure: "lost-connection", status: "deferred", peer: null },
    "LED=451 4.4.397 Error communicating with target host. -> 421 4.4.2 Connection dropped due to SocketError",
  ],
  [
    "Exchange, the receiving server's time-out",
    { writer: "Exchange", failure: "peer-timeout", stage: "body", peer: { name: "mx.partner.example", address: "203.0.113.9" } },
    "mx.partner.example gave this error:\n[203.0.113.9] The remote server returned '451 4.4.2 Timeout waiting for data from client'",
  ],
  [
    "qmail, a message that was in the queue too long",
    { writer: "qmail", failure: "lost-connection", status: "bounced", peer: { address: "203.0.113.9" } },
    "<bob@partner.example>:\nConnected to 203.0.113.9 but connection died. Possible duplicate! (#4.4.2)\nI'm not going to try again; this message has been in the queue too long.",
  ],
  [
    "a provider, a reply that names its server",
    { failure: "peer-timeout", peer: { name: "mx.partner.example", address: null } },
    "Sorry, we were unable to deliver your message to the following address.\n\n<bob@partner.example>:\n421: 4.4.2 mx.partner.example Error: timeout exceeded",
  ],
  [
    "a reply to the end of the message",
    { failure: "peer-timeout", stage: "end-of-data", peer: { name: "mx.partner.example", address: null } },
    "421 4.4.2 mx.partner.example Error: timeout exceeded (in reply to end of DATA command)",
  ],
];
