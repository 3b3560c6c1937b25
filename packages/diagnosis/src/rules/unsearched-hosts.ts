/**
 * Addresses that answer and whose path was not searched: the ladders run on one address per mail host and family, and on a
 * bounded number of them. Where no path was searched at all, none was left out.
 */
import type { MailHostObservation, ProbeObservation } from "@mxray/contracts";
import { stageOf } from "./rule.ts";

export function unsearchedHosts({ hosts }: ProbeObservation): MailHostObservation[] {
  return hosts.some(isSearched) ? hosts.filter((host) => !isSearched(host) && wasLeftOut(host)) : [];
}

export function isSearched({ path }: MailHostObservation): boolean {
  return path.outbound.verdict !== "not-tested";
}

function wasLeftOut(host: MailHostObservation): boolean {
  return stageOf(host, "ehlo")?.outcome === "ok" && stageOf(host, "noop-ladder")?.cause === "not-wanted";
}
