/**
 * A setting of this machine that keeps a fault from showing: `host-setting-hides`. With net.ipv4.tcp_mtu_probing at 2 every
 * connection begins with small packets, and no option of a single socket changes that. At 1, which the playbook
 * recommends, connections begin with full-size packets, so nothing is hidden.
 */
import type { Finding, MailHostObservation, ProbeObservation } from "@mxray/contracts";
import { EvidenceLog, findingOfTarget } from "../finding-draft.ts";

export function findHostSetting(observation: ProbeObservation): Finding[] {
  const hidden = observation.hosts.filter(hidesLargePackets);
  if (hidden.length === 0) return [];
  const largest = Math.max(...hidden.map(largestSent));
  const evidence = new EvidenceLog(observation).add("net.ipv4.tcp_mtu_probing is 2 on this machine.", { tcpMtuProbing: 2, largest });
  return [
    findingOfTarget({
      code: "host-setting-hides",
      confidence: "proven",
      title: `A setting of this machine hides black holes above ${largest} bytes`,
      summary: `This machine starts every TCP connection with small packets (net.ipv4.tcp_mtu_probing is 2), so packets of more than ${largest} bytes were not sent. A black hole above that size does not show here, and hosts without this setting may still meet it. Set it to 1 and probe again to see it.`,
      evidence: evidence.rows,
    }),
  ];
}

/** Packets reached the host, and larger ones that its interface and the peer's MSS allow were never sent. */
export function hidesLargePackets(host: MailHostObservation): boolean {
  const { kernel, localMtu, mss, outbound } = host.path;
  if (kernel.tcpMtuProbing !== 2 || outbound.verdict === "not-tested") return false;
  const headers = host.family === 4 ? 40 : 60;
  const possible = Math.min(localMtu ?? Number.POSITIVE_INFINITY, mss.peer === null ? Number.POSITIVE_INFINITY : mss.peer + headers);
  return largestSent(host) > 0 && largestSent(host) < possible;
}

/** The largest packet that this machine offered, bytes. */
export function largestSent({ path }: MailHostObservation): number {
  return Math.max(0, ...path.outbound.rungs.filter(({ unit }) => unit === "packet").map(({ size }) => size));
}
