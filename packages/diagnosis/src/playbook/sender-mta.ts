/** What the mail program itself can do while large packets are lost: send the waiting mail another way, and see that it went. */
import type { FindingCode } from "@mxray/contracts";
import type { PlaybookEntry } from "./playbook-entry.ts";

const codes: readonly FindingCode[] = [
  "pmtu-black-hole",
  "log-size-correlated",
  "log-outbound-stalls",
  "log-tls-stalls",
  "log-greeting-stalls",
];
const sender = { audience: "sender", kind: "workaround", codes } as const;
const NOT_THE_CAUSE = "This does not remove the cause; it only sends the waiting messages.";

export const mtaSenderEntries: readonly PlaybookEntry[] = [
  {
    ...sender,
    id: "postfix-flush-and-watch",
    platform: "postfix",
    mildness: 1,
    title: "Postfix: retry the waiting mail after the change",
    steps: "postqueue -f\ntail -f /var/log/mail.log | grep --line-buffered -F '[{{mail-host-address}}]'",
    undo: "# Nothing to undo.",
    check: "The deliveries end with status=sent, and delays=a/b/c/d ends with a few seconds instead of 180, 300 or 600.",
    sideEffects: NOT_THE_CAUSE,
    reference: "https://www.postfix.org/postqueue.1.html",
  },
  {
    ...sender,
    id: "postfix-another-way",
    platform: "postfix",
    mildness: 3,
    title: "Postfix: route this domain's mail through another host",
    steps:
      "postconf -e 'transport_maps = hash:/etc/postfix/transport'\necho '{{domain}} smtp:[{{relay-host}}]' >> /etc/postfix/transport\npostmap /etc/postfix/transport\npostfix reload\npostqueue -f",
    undo: "# Take the line out of /etc/postfix/transport, then\npostmap /etc/postfix/transport\n# and, where transport_maps was empty before:\npostconf -X transport_maps\npostfix reload",
    check: "The deliveries show relay={{relay-host}} and status=sent.",
    sideEffects:
      "The relay must take mail from this machine and have a path without the small link. Where transport_maps is set already, add the line to that map instead.",
    reference: "https://www.postfix.org/transport.5.html",
  },
  {
    ...sender,
    id: "exim-flush-and-watch",
    platform: "exim",
    mildness: 1,
    title: "Exim: retry the waiting mail after the change",
    steps: "exim -qf\nexim -bpc\ntail -f /var/log/exim4/mainlog | grep --line-buffered -F '[{{mail-host-address}}]'",
    undo: "# Nothing to undo.",
    check: "Lines with => and Completed instead of 'SMTP timeout after end of data'.",
    sideEffects: NOT_THE_CAUSE,
    reference: "https://www.exim.org/exim-html-current/doc/html/spec_html/ch-the_exim_command_line.html",
  },
  {
    ...sender,
    id: "sendmail-flush-and-watch",
    platform: "sendmail",
    mildness: 1,
    title: "Sendmail: retry the waiting mail after the change",
    steps: "sendmail -v -qR{{domain}}\nmailq | tail",
    undo: "# Nothing to undo.",
    check: "The log shows stat=Sent instead of 'timeout waiting for input'.",
    sideEffects: NOT_THE_CAUSE,
    reference: "https://www.proofpoint.com/us/products/email-protection/open-source-email-solution",
  },
  {
    ...sender,
    id: "exchange-retry-queue",
    platform: "exchange",
    mildness: 1,
    title: "Exchange: retry the queue after the change in Windows",
    steps:
      "Get-Queue | Where-Object {$_.Status -eq 'Retry'} | Format-List Identity,LastError,MessageCount\nGet-Queue | Where-Object {$_.Status -eq 'Retry'} | Retry-Queue -Resubmit $true",
    undo: "# Nothing to undo.",
    check: "Get-Queue\n# MessageCount falls, and LastError no longer shows 421 4.4.2.",
    sideEffects: NOT_THE_CAUSE,
    reference: "https://learn.microsoft.com/en-us/powershell/module/exchange/retry-queue",
  },
];
