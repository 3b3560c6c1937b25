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
];
