/**
 * `window-scaling`: the SYN-ACK reaches us without the window scaling option, and the windows that follow are a few bytes, as
 * those of a host that scales them. Something on the way has taken the option out (RFC 7323, section 2).
 */
import { hostLabel } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { countText, durationText } from "../number-text.ts";
import type { HostRule } from "./rule.ts";

/** Bytes: no host that means what it says offers less than the smallest MSS; a scaled window of 64 kB reads as 512 or less. */
const UNSCALED = 536;

export const findWindowScaling: HostRule = (host, { observation }) => {
  const window = host.path.window ?? null;
  if (window === null || window.scaling || window.bytes >= UNSCALED) return [];
  const evidence = new EvidenceLog(observation).add(
    `The host's SYN-ACK arrived without the window scaling option, and its receive window reads as ${window.bytes} bytes.`,
    { ...window },
  );
  const payloads = host.path.outbound.rungs.filter(({ unit }) => unit === "payload");
  const bytes = payloads.reduce((sum, { size, outcome }) => sum + (outcome === "acked" ? size : 0), 0);
  if (payloads.length > 0) {
    const resent = payloads.reduce((sum, { retransmits }) => sum + retransmits, 0);
    const ms = payloads.reduce((sum, rung) => sum + rung.ms, 0);
    const waited = window.waitedMs === null ? "" : `; for ${durationText(window.waitedMs)} of that it waited for the window`;
    evidence.add(
      `${countText(bytes, "byte")} of message took ${durationText(ms)}${waited}. ${resent === 0 ? "Nothing had to be sent again" : `${countText(resent, "segment")} had to be sent again`}.`,
      { bytes, ms, resent },
    );
  }
  return [
    findingOfHost(host, {
      code: "window-scaling",
      confidence: "likely",
      title: `Window scaling is stripped on the way to ${hostLabel(host)}: mail there crawls`,
      summary: `The host scales its receive window and this machine does not know it, because the SYN-ACK arrives without the option. This machine may then send only ${window.bytes} bytes at a time and waits for the window, so larger messages time out. A firewall or load balancer that rewrites TCP options does that. No packets are lost, and the path MTU could not be tested.`,
      evidence: evidence.rows,
    }),
  ];
};
