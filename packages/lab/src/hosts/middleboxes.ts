/**
 * Hosts behind firewalls that rewrite SMTP, one for each generation: Cisco PIX before 5.1, PIX 5.1 to 6.x, PIX 7 and ASA. What
 * each does is known from their documentation and from Postfix's rule for telling them by their greeting.
 */
import type { MailHostAction, MailHostAnswers, MailHostFixup, MailHostScript } from "../mail-host/script.ts";

const fixup = { stage: "quit", outcome: "ok", finding: "smtp-fixup" } as const;
/** A masked STARTTLS is tried all the same, and does not work. */
const noStartTls = { stage: "starttls", outcome: "refused", causes: ["reply"], finding: "smtp-fixup" } as const;
const refusesEhlo: MailHostAnswers = { EHLO: ["500 5.5.1 Command unrecognized: XXXX"], "*": ["500 5.5.1 Command unrecognized: XXXX"] };
/** Default ESMTP inspection of an ASA: commands over 512 bytes are lost, fragments of commands become X's. */
const asa: MailHostFixup = { dropsCommandsOver: 512, masksSplitCommands: true };
const asaGreeting: MailHostAction = `220 ${"*".repeat(74)}`;

export const middleboxHosts: readonly MailHostScript[] = [
  {
    name: "pix-4",
    title: "PIX before 5.1: every character of the greeting is an asterisk, EHLO is refused.",
    greeting: ["*".repeat(62)],
    on: refusesEhlo,
    // Without a code it is no SMTP greeting, but so obviously a mask that a probe goes on.
    expect: fixup,
  },
  {
    name: "pix-6",
    title: "PIX 5.1 to 6.x: of the greeting only 2, 0, blanks and asterisks are left, EHLO is refused with 500.",
    greeting: ["220 **********0******0****20 ****200**0***"],
    on: refusesEhlo,
    expect: fixup,
  },
  {
    name: "pix-6-502",
    title: "The same with the server's own 502 for EHLO.",
    greeting: ["220 *************************200*****0*00"],
    on: { EHLO: ["502 5.5.2 Error: command not implemented"], "*": ["502 5.5.2 Error: command not implemented"] },
    expect: fixup,
  },
  {
    name: "asa",
    title: "ASA: the greeting is masked, STARTTLS and two other keywords are turned into X's.",
    greeting: [asaGreeting],
    keywords: ["SIZE 10240000", "XXXXXXXXXB", "XXXXXXXA", "XXXC"],
    fixup: asa,
    expect: noStartTls,
  },
  {
    name: "asa-no-space",
    title: "ASA whose mask covers the space behind the code too.",
    greeting: [`220${"*".repeat(40)}`],
    keywords: ["SIZE 10240000", "XXXXXXXA"],
    fixup: asa,
    expect: noStartTls,
  },
  {
    name: "asa-tls",
    title: "ASA with `allow-tls`: the greeting is masked, STARTTLS is offered and works.",
    greeting: [asaGreeting],
    tls: {},
    fixup: asa,
    expect: fixup,
  },
  {
    name: "asa-masked-tls-works",
    title: "A keyword is masked, yet STARTTLS works when it is sent.",
    greeting: [asaGreeting],
    keywords: ["SIZE 10240000", "XXXXXXXA"],
    on: { STARTTLS: ["220 2.0.0 Ready to start TLS", { do: "start-tls" }] },
    fixup: asa,
    expect: fixup,
  },
  {
    name: "keywords-masked",
    title: "An ordinary greeting, but STARTTLS among the keywords is turned into X's.",
    keywords: ["PIPELINING", "SIZE 10240000", "XXXXXXXA", "8BITMIME"],
    on: { STARTTLS: ["500 5.5.1 Command unrecognized: XXXXXXXX"] },
    expect: { ...noStartTls, finding: "starttls-masked" },
  },
  {
    name: "partial-mask",
    title: "A long run of asterisks among ordinary words.",
    greeting: ["220 mx.example.test ****************** ready"],
    expect: { stage: "quit", outcome: "ok" },
  },
  {
    name: "drops-long-commands",
    title: "An ordinary greeting; command lines over 512 bytes are lost without an answer.",
    fixup: { dropsCommandsOver: 512 },
    expect: { stage: "noop-ladder", outcome: "stalled" },
  },
  {
    name: "split-end-of-data",
    title: "Loses an end of data of which the dot and its CRLF come in separate segments (CSCds90792).",
    greeting: ["220 **********0******0****20 ****200**0***"],
    on: refusesEhlo,
    fixup: { losesSplitEndOfData: true },
    expect: { stage: "quit", outcome: "ok", finding: "dotcrlf-split" },
  },
  {
    name: "split-end-of-data-unmasked",
    title: "Loses a split end of data behind an ordinary greeting: a proxy of another make.",
    fixup: { losesSplitEndOfData: true },
    expect: { stage: "quit", outcome: "ok", finding: "dotcrlf-split" },
  },
];
