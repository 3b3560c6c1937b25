/** What Sendmail and Exchange can do towards a mail host behind a firewall that rewrites SMTP. */
import type { PlaybookEntry } from "./playbook-entry.ts";

const sender = { audience: "sender", kind: "workaround" } as const;

export const otherMtaEntries: readonly PlaybookEntry[] = [
  {
    ...sender,
    id: "sendmail-no-tls-to-host",
    platform: "sendmail",
    codes: ["smtp-fixup", "starttls-masked", "starttls-failed"],
    mildness: 2,
    title: "Sendmail: disable TLS to this host",
    steps:
      "cp /etc/mail/access /etc/mail/access.before\nprintf 'Try_TLS:{{mail-host-name}}\\tNO\\n' >> /etc/mail/access\nmakemap hash /etc/mail/access < /etc/mail/access",
    undo: "mv /etc/mail/access.before /etc/mail/access\nmakemap hash /etc/mail/access < /etc/mail/access",
    check: "sendmail -v -qR{{domain}}\n# The dialogue shows no STARTTLS, and the mail is sent.",
    sideEffects: "Mail to this host travels in clear. Needs FEATURE(`access_db') in the configuration.",
    reference: "https://www.sendmail.org/~ca/email/starttls.html",
  },
  {
    ...sender,
    id: "exchange-force-helo",
    platform: "exchange",
    codes: ["smtp-fixup", "starttls-masked", "starttls-failed", "dotcrlf-split"],
    mildness: 3,
    title: "Exchange: use HELO without TLS on a send connector for this domain",
    steps:
      "New-SendConnector -Name 'Behind a fixup' -AddressSpaces '{{domain}}' -DNSRoutingEnabled $true -ForceHELO $true -IgnoreSTARTTLS $true",
    undo: "Remove-SendConnector 'Behind a fixup'",
    check: "Get-Queue\n# The domain's queue empties; the connector's protocol log shows HELO.",
    sideEffects: "Mail to this domain travels in clear. It keeps HELO where EHLO works again, until it is removed.",
    reference: "https://learn.microsoft.com/en-us/powershell/module/exchange/new-sendconnector",
  },
];
