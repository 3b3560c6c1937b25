/** Devices that inspect SMTP beside PIX, ASA and classic IOS, and where an ASA says what it did. */
import type { PlaybookEntry } from "./playbook-entry.ts";

const off = { audience: "receiver", kind: "fix" } as const;
const check =
  "Connect to port 25 from outside: the greeting shows the server's name in clear letters, and EHLO lists its extensions without X's.";

export const otherDeviceEntries: readonly PlaybookEntry[] = [
  {
    ...off,
    id: "asa-look-for-inspection",
    platform: "cisco-asa",
    codes: ["smtp-fixup", "command-inspection", "starttls-masked", "dropped-in-data", "dotcrlf-split"],
    mildness: 1,
    title: "ASA: find in its log what the inspection did to these sessions",
    steps: "show service-policy inspect esmtp\nshow running-config policy-map\nshow logging | include 10800[2-7]|507003",
    undo: "! Only looks; nothing to undo.",
    check:
      "108002: a character in an address was replaced; 108003: a pattern ended the session; 108004: dropped, reset or masked; 108005: logged only; 108006: a size; 108007: TLS began, inspection stops; 507003: the inspector ended the session.",
    sideEffects:
      "By default it drops commands over 512 bytes, more than 100 recipients, header lines over 998 and sender addresses over 320 bytes, MIME file names over 255, and hides STARTTLS.",
    reference: "https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/b_syslog.html",
  },
  {
    ...off,
    id: "ftd-no-inspect-esmtp",
    platform: "cisco-asa",
    codes: ["smtp-fixup", "command-inspection", "starttls-masked", "dropped-in-data"],
    mildness: 3,
    title: "Firepower (FTD): turn the inspection off",
    steps: "show running-config policy-map\nconfigure inspection esmtp disable",
    undo: "configure inspection esmtp enable",
    check,
    sideEffects:
      "Not confirmed for every release: newer ones have no `inspect esmtp` in their default policy (the first command shows it), on older ones a FlexConfig object does the same. The next deployment from the management centre may take it back.",
    reference: "https://www.cisco.com/c/en/us/td/docs/security/firepower/command_ref/b_Command_Reference_for_Firepower_Threat_Defense.html",
  },
  {
    ...off,
    id: "ios-zone-no-smtp-inspection",
    platform: "cisco-ios",
    codes: ["smtp-fixup", "command-inspection", "starttls-masked"],
    mildness: 3,
    title: "IOS with a zone-based firewall: inspect mail as plain TCP",
    steps:
      "show policy-map type inspect zone-pair\nconfigure terminal\nip access-list extended MAIL-PORT\n permit tcp any any eq smtp\nclass-map type inspect match-any {{class}}\n no match protocol smtp\n match access-group name MAIL-PORT\nend\nwrite memory",
    undo: "configure terminal\nclass-map type inspect match-any {{class}}\n no match access-group name MAIL-PORT\n match protocol smtp\nend\nwrite memory",
    check,
    sideEffects:
      "The class must keep a match for mail: without one, mail falls to class-default, which drops it. `match protocol smtp extended` is taken out in the same way.",
    reference: "https://www.cisco.com/c/en/us/support/docs/security/ios-firewall/98628-zone-design-guide.html",
  },
  {
    ...off,
    id: "other-smtp-inspection-off",
    platform: "any",
    codes: ["smtp-fixup", "command-inspection", "starttls-masked", "starttls-failed", "greeting-timeout"],
    mildness: 2,
    title: "Other firewalls, gateways and virus scanners: exempt mail from SMTP inspection",
    steps:
      "FortiGate: no deep inspection of SMTP for the mail host's policy; with STARTTLS it delays the greeting.\nSophos Firewall: legacy mode is a transparent SMTP proxy that answers on its own; use MTA mode, or take the mail host out.\nD-Link DFL: no SMTP ALG for that rule; its log says 'Removed capability … from EHLO response'.\nF-Secure Internet Gatekeeper: it takes CHUNKING, BINARYMIME, PIPELINING and STARTTLS out of the EHLO reply; set it not to.\nCheck Point, Trend Micro, McAfee, avast, AVG: the greeting names the proxy; turn its SMTP scanning off, or let it take over the mail host's role entirely.",
    undo: "Turn the inspection on again.",
    check:
      "From another network, compare the greetings of two unrelated mail hosts: where they are alike, a transparent proxy near you answers for both.",
    sideEffects: "The mail server must then scan mail itself.",
    reference: "https://www.rfc-editor.org/rfc/rfc3207",
  },
];
