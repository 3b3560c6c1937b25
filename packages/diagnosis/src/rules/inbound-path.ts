/** The way from the mail host to us: `pmtu-black-hole-inbound`. Seen in its first large flight, the TLS certificate. */
import { hostLabel } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { linkHintOfMtu } from "../link-mtu.ts";
import { addInboundBothEnds } from "./both-ends.ts";
import { addInboundTrials } from "./inbound-trials.ts";
import type { HostRule } from "./rule.ts";

export const findInboundPath: HostRule = (host, { observation }) => {
  const { inbound } = host.path;
  if (inbound.verdict !== "black-hole") return [];
  const confidence = inbound.confidence ?? "suspected";
  // Observations of before this was recorded name a size that may be a bound, too.
  const exact = inbound.mtu !== null && inbound.exact !== false;
  const size = exact ? `packets of more than ${inbound.mtu} bytes` : "large packets";
  const hint = inbound.mtu === null || !exact ? null : linkHintOfMtu(inbound.mtu);
  const evidence = new EvidenceLog(observation).add(inbound.reason, { mtu: inbound.mtu, clampedMss: inbound.clampedMss });
  addInboundBothEnds(evidence, host);
  addInboundTrials(evidence, inbound);
  const message = host.family === 4 ? "ICMP type 3 code 4" : "ICMPv6 type 2";
  evidence.add(
    `The ICMP message about the small link is sent to the mail host, so it is lost on that side. Check in this order: the mail host's own firewall (incoming ${message}), the router in front of the small link, anything between the two.`,
    { suspects: ["the mail host's own firewall", "the router in front of the small link", "anything between them"] },
  );
  return [
    findingOfHost(host, {
      code: "pmtu-black-hole-inbound",
      confidence,
      title: `${capital(size)} ${confidence === "suspected" ? "seem to be lost" : "are lost"} on the way from ${hostLabel(host)} to us`,
      summary: `All our packets arrive there, but its large packets do not arrive here. The TLS handshake hangs at the certificate; mail from this host to us would hang, too. ${linkSentence(inbound.mtu, exact, hint)}, and the mail host does not receive the ICMP message that reports this. Requesting smaller segments helps at once.`,
      evidence: evidence.rows,
      facts: { mtu: inbound.mtu },
    }),
  ];
};

function linkSentence(mtu: number | null, exact: boolean, hint: string | null): string {
  if (mtu === null) return "A link on the way back is too small";
  if (!exact) return `A link on the way back is too small: at least ${mtu} bytes pass, the exact size is not known`;
  return `A link on the way back carries at most ${mtu} bytes${hint === null ? "" : ` (${hint})`}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
