/**
 * What a STARTTLS that is missing or fails does to mail, judged by what the domain demands: TLSA records (RFC 7672) or an
 * MTA-STS policy in `enforce` mode (RFC 8461) stop mail of the senders that heed them; without either, senders fall back to
 * clear text. What could not be looked up is said.
 */
import type { MailHostObservation, MtaStsPolicy, ProbeObservation, TlsDemand } from "@mxray/contracts";
import { printable } from "@mxray/contracts";
import { listText } from "../number-text.ts";

export interface TlsEffect {
  readonly effect: "stops-mail" | "drops-encryption" | "unknown";
  readonly sentence: string;
}

/** @param hangs the handshake hangs, so that a sender that may fall back waits first */
export function tlsEffect({ name }: MailHostObservation, { tlsDemand }: ProbeObservation, hangs: boolean): TlsEffect {
  if (tlsDemand === undefined || name === null) {
    return {
      effect: "unknown",
      sentence:
        "What the domain demands about TLS was not looked up: senders that may do so fall back to clear text, those that insist on TLS keep the mail.",
    };
  }
  const demands = demandsOn(name, tlsDemand);
  if (demands.length > 0) {
    return {
      effect: "stops-mail",
      sentence: `The domain demands TLS (${listText(demands)}), so senders that honour this keep the mail until TLS works, and return it when it expires; other senders deliver in clear text.`,
    };
  }
  const open = unknownsOf(name, tlsDemand);
  if (open.length > 0) {
    return {
      effect: "unknown",
      sentence: `No demand for TLS was found, and not everything could be looked up: ${listText(open)}. Without a demand, senders deliver in clear text${hangs ? " after the handshake times out" : ""}.`,
    };
  }
  const fallback = hangs
    ? "Mail is delayed until the handshake times out, and is then delivered in clear text"
    : "Mail is delivered in clear text";
  return {
    effect: "drops-encryption",
    sentence: `The domain does not demand TLS (no TLSA record, ${policyText(tlsDemand.mtaSts)}). ${fallback}; only senders configured to require TLS keep it.`,
  };
}

function demandsOn(name: string, { mtaSts, tlsa }: TlsDemand): string[] {
  const dane = tlsa.some(({ host, record }) => host === name && record === "present");
  const sts = mtaSts !== null && mtaSts.mode === "enforce" && allows(mtaSts.mx, name);
  return [...(dane ? ["a TLSA record; its DNSSEC signature was not checked"] : []), ...(sts ? ["its MTA-STS policy says enforce"] : [])];
}

/** RFC 8461 §4.1: `*.` matches exactly one label. */
function allows(patterns: readonly string[], name: string): boolean {
  const host = name.toLowerCase();
  return patterns.some((pattern) => pattern === host || (pattern.startsWith("*.") && pattern.slice(1) === host.slice(host.indexOf("."))));
}

function unknownsOf(name: string, { mtaSts, tlsa }: TlsDemand): string[] {
  const own = tlsa.find(({ host }) => host === name);
  return [
    ...(own === undefined || own.record === "unknown" ? ["its TLSA record"] : []),
    ...(mtaSts === null ? ["the MTA-STS policy of the recipients' domain"] : []),
    ...(mtaSts !== null && (mtaSts.record === "unknown" || (mtaSts.record === "present" && mtaSts.mode === null))
      ? [`its MTA-STS policy (${printable(mtaSts.reason ?? "no reason is known", 200).replace(/\.$/, "")})`]
      : []),
  ];
}

function policyText(policy: MtaStsPolicy | null): string {
  if (policy === null || policy.record !== "present" || policy.mode === null) return "no MTA-STS policy";
  return policy.mode === "enforce" ? "an MTA-STS policy that does not name this host" : `an MTA-STS policy in mode ${policy.mode}`;
}
