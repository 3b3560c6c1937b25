/** Hosts with nothing wrong: what a probe must not complain about. */
import type { MailHostScript } from "../mail-host/script.ts";

const fine = { stage: "quit", outcome: "ok" } as const;

export const ordinaryHosts: readonly MailHostScript[] = [
  { name: "healthy", title: "No fault; no TLS.", expect: { ...fine, finding: "healthy" } },
  {
    name: "healthy-tls",
    title: "No fault; offers STARTTLS.",
    tls: {},
    expect: { ...fine, finding: "healthy" },
  },
  {
    name: "strict",
    title: "Minds early talk, pipelined NOOPs and the 11th command that moves no mail, as Postfix and Exim do.",
    tls: {},
    limits: { noEarlyTalk: true, noPipelinedNoop: true, nonMailCommands: 10, lineLength: 2048 },
    expect: { ...fine, finding: "healthy" },
  },
  {
    name: "tls-only",
    title: "Takes mail inside TLS only (530 before).",
    tls: {},
    requiresTls: true,
    expect: fine,
  },
  {
    name: "large-certificate",
    title: "Its certificate chain is more than 6000 bytes long, so it comes in several full-size packets.",
    tls: { chainBytes: 6000 },
    expect: fine,
  },
  {
    name: "multi-line-greeting",
    title: "Greets in three lines.",
    greeting: ["220-mx.example.test ESMTP", "220-No commercial mail, please", "220 ready"],
    expect: { ...fine, finding: "healthy" },
  },
  {
    name: "greeting-in-pieces",
    title: "Its greeting arrives in three segments, 100 ms apart.",
    greeting: [
      { do: "send", text: "220 mx.exa" },
      { do: "wait", ms: 100 },
      { do: "send", text: "mple.test ESM" },
      { do: "wait", ms: 100 },
      { do: "send", text: "TP\r\n" },
    ],
    expect: { ...fine, finding: "healthy" },
  },
  {
    name: "slow-greeting",
    title: "Greets after a second.",
    greeting: [{ do: "wait", ms: 1000 }, { do: "default" }],
    expect: fine,
  },
  {
    name: "helo-only",
    title: "Knows HELO and no EHLO, with an ordinary greeting: an old server, not a firewall.",
    on: { EHLO: ["500 5.5.1 Command unrecognized"] },
    expect: fine,
  },
  {
    name: "stars-in-words",
    title: "Greets with ordinary words and a few asterisks.",
    greeting: ["220 mx.example.test ESMTP *** authorised use only ***"],
    expect: { ...fine, finding: "healthy" },
  },
  {
    name: "bare-220",
    title: "Greets with `220` and a space, which fits Postfix's rule for a PIX but has no asterisk.",
    greeting: ["220 "],
    expect: { ...fine, finding: "healthy" },
  },
];
