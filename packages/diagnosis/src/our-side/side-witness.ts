/**
 * What one probe says about our side: of each mail host, what worked and what failed, one line per way to fail. Small enough to
 * be held for many probes at once.
 */
import {
  canonicalAddress,
  type Finding,
  type FindingCode,
  isAbout,
  type MailHostObservation,
  type ProbeObservation,
  type StageOutcome,
  type StageResult,
} from "@mxray/contracts";
import { stageOf } from "../rules/rule.ts";

/** Null where it was not tried. */
export type SideOutcome = "failed" | "worked" | "other" | null;

export interface SideHost {
  readonly name: string | null;
  /** Canonical. */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  readonly connection: SideOutcome;
  readonly tls: SideOutcome;
  /** A session that nobody rewrites. */
  readonly unchanged: SideOutcome;
  /** Packets of more than so many bytes are lost, or so many bytes arrive. Null where neither was seen. */
  readonly packets: { readonly lostAbove: number } | { readonly pass: number } | null;
  /** The block list that a rejection names. */
  readonly list: string | null;
  readonly envelope: SideOutcome;
}

export interface SideWitness {
  readonly target: string;
  readonly vantage: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly hosts: readonly SideHost[];
}

const REWRITTEN: readonly FindingCode[] = ["smtp-fixup", "starttls-masked"];

/** @param at milliseconds since 1970; of probes that ran at the same time the same */
export function sideWitnessOf(
  { target, vantage, hosts }: Pick<ProbeObservation, "target" | "vantage" | "hosts">,
  findings: readonly Finding[],
  at: number,
): SideWitness {
  return { target, vantage: vantage.name, at, hosts: hosts.map((host) => sideHostOf(host, findings)) };
}

function sideHostOf(host: MailHostObservation, findings: readonly Finding[]): SideHost {
  const { name, address, port, family } = host;
  const own = findings.filter((finding) => isAbout(finding, host));
  return {
    name,
    address: canonicalAddress(address)?.text ?? address,
    port,
    family,
    connection: connectionOf(stageOf(host, "connect")),
    tls: host.tls?.offered === true ? handshakeOf(stageOf(host, "starttls")?.outcome) : null,
    unchanged: own.some(({ code }) => REWRITTEN.includes(code)) ? "failed" : stageOf(host, "ehlo")?.outcome === "ok" ? "worked" : null,
    packets: packetsOf(host),
    list: own.find(({ list }) => list !== undefined)?.list ?? null,
    envelope: envelopeOf(stageOf(host, "envelope")?.outcome),
  };
}

function connectionOf(connect: StageResult | null): SideOutcome {
  if (connect === null || connect.outcome === "skipped" || connect.outcome === "not-tested") return null;
  if (connect.outcome === "ok") return "worked";
  return isBroken(connect.outcome) && (connect.cause === "timeout" || connect.cause === "unreachable") ? "failed" : "other";
}

function handshakeOf(outcome: StageOutcome | undefined): SideOutcome {
  if (outcome === "ok") return "worked";
  return outcome !== undefined && isBroken(outcome) ? "failed" : null;
}

function packetsOf({ path: { outbound } }: MailHostObservation): SideHost["packets"] {
  const { verdict, mtu, confidence } = outbound;
  if (mtu === null) return null;
  if (verdict === "black-hole") return confidence === "suspected" ? null : { lostAbove: mtu };
  return verdict === "clear" || verdict === "pmtud-works" ? { pass: mtu } : null;
}

function envelopeOf(outcome: StageOutcome | undefined): SideOutcome {
  if (outcome === "ok") return "worked";
  return outcome !== undefined && isBroken(outcome) ? "other" : null;
}

function isBroken(outcome: StageOutcome): boolean {
  return outcome === "failed" || outcome === "stalled" || outcome === "refused";
}
