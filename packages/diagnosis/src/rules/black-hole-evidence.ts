/**
 * How a path MTU black hole is known: the numbers row by row, what could have hidden it, where packets become too big, and
 * who may be keeping the ICMP message from us, our own side first.
 */
import { hopLabel, lostPackets, type MailHostObservation, type NarrowLink, type OutboundPath } from "@mxray/contracts";
import { EvidenceLog } from "../finding-draft.ts";
import { chanceText, countText, groupedText, percentText } from "../number-text.ts";
import { addOutboundBothEnds } from "./both-ends.ts";
import type { RuleContext } from "./rule.ts";

export function blackHoleEvidence(host: MailHostObservation, { observation }: RuleContext): EvidenceLog {
  const log = new EvidenceLog(observation);
  addSizes(log, host.path.outbound);
  if (host.path.outbound.mtu !== null) addOutboundBothEnds(log, host, host.path.outbound.mtu);
  addStatistics(log, host.path.outbound);
  addWhatHides(log, host);
  addPlace(log, host);
  addSuspects(log, host);
  return log;
}

function addSizes(log: EvidenceLog, outbound: OutboundPath): void {
  const { mtu, rungs } = outbound;
  if (mtu === null) return;
  const passed = rungs.filter(({ unit, size, outcome }) => unit === "packet" && outcome === "acked" && size === mtu);
  const { rungs: lost, smallest, largest } = lostPackets(outbound);
  if (passed.length > 0) {
    log.add(`Packets of ${mtu} bytes were acknowledged ${times(passed.length)}.`, { size: mtu, acked: passed.length }, passed[0]?.at);
  }
  if (smallest !== null) {
    const sizes = new Set(lost.map(({ size }) => size)).size;
    log.add(
      `Larger ones never arrived with DF set: ${countText(lost.length, "attempt")} with ${countText(sizes, "size")} from ${smallest} to ${largest} bytes.`,
      { smallest, attempts: lost.length },
      lost[0]?.at,
    );
  }
  const sacked = lost.filter((rung) => rung.sacked);
  if (sacked.length > 0) {
    log.add(
      `${sacked.length === lost.length ? "Each time" : `${sacked.length} of ${lost.length} times`} the small packets sent right behind were acknowledged selectively (SACK) while the large one was not: small ones pass, large ones do not.`,
      { sacked: sacked.length, of: lost.length },
      sacked[0]?.at,
    );
  }
  const released = lost.filter(({ outcome }) => outcome === "released");
  if (released.length > 0) {
    log.add(
      `${times(released.length, true)} the same bytes were sent again on the same connection without the DF bit, and then they arrived: only the size of the unfragmented packet stops them.`,
      { released: released.length },
      released[0]?.at,
    );
  }
  const clamped = rungs.filter(({ clampedMss, outcome }) => clampedMss !== null && outcome === "acked");
  const first = clamped[0];
  if (first !== undefined && first.clampedMss !== null) {
    const bytes = clamped.filter(({ unit }) => unit === "payload").reduce((sum, { size }) => sum + size, 0);
    log.add(
      `With segments limited to ${first.clampedMss} bytes, ${bytes > 0 ? `${groupedText(bytes)} bytes of message` : "everything"} got through. That is the effect of the workaround.`,
      { clampedMss: first.clampedMss, bytes },
      first.at,
    );
  }
}

function addStatistics(log: EvidenceLog, { statistics, confidence }: OutboundPath): void {
  if (statistics === null) return;
  const { smallSent, smallLost, lossUpperBound, chance, lossesAbove, largeSent, largeLost, fit } = statistics;
  const loss = `${countText(lossesAbove, "transmission")} of large packets lost, retransmissions included, and ${smallLost === 0 ? "none" : smallLost} of ${countText(smallSent, "small packet")}; random loss on this path is at most ${percentText(lossUpperBound)} (95 % confidence). With random loss alone, the chance of seeing all this is ${chanceText(chance)}`;
  if (fit !== undefined && largeSent !== undefined) {
    log.add(
      `Of ${countText(largeSent, "packet")} that fit, ${largeLost === 0 ? "none was" : `${largeLost} were`} lost at first. A limit of size explains all that was seen ${timesText(fit)} better than random loss of large packets at any rate does, bursts included.`,
      { largeSent, largeLost, fit },
    );
  }
  switch (confidence) {
    case "proven":
      log.add(`${loss}: proven.`, { ...statistics });
      return;
    case "likely":
      log.add(
        `${loss}: likely, not proven. The rule for a proof: a chance below 1 in a million, an explanation by size that is 1000 times better, the exact size confirmed between two losses, and more than commands lost.`,
        {
          ...statistics,
        },
      );
      return;
    case "suspected":
    case null:
      log.add(`${loss}: a suspicion. Run the probe again.`, { ...statistics });
  }
}

/** What this machine does by itself to live with the fault, or remembers of it. */
function addWhatHides(log: EvidenceLog, { path, family }: MailHostObservation): void {
  const { kernel, cachedMtu, localMtu } = path;
  if (kernel.tcpMtuProbing === 1) {
    log.add(
      "This machine recovers from such holes after a few seconds (net.ipv4.tcp_mtu_probing is 1); senders without that setting hang.",
      {
        tcpMtuProbing: 1,
      },
    );
  } else if (kernel.tcpMtuProbing === 2) {
    log.add(
      "This machine starts with small packets and enlarges them with care (net.ipv4.tcp_mtu_probing is 2), so its own mail hardly meets the hole.",
      {
        tcpMtuProbing: 2,
      },
    );
  }
  if (cachedMtu !== null && (localMtu === null || cachedMtu < localMtu)) {
    log.add(`This machine had noted a path MTU of ${cachedMtu} bytes for this address (kept for ten minutes, or set on the route).`, {
      cachedMtu,
    });
  }
  if (family === 4 && kernel.ipNoPmtuDisc === 2) {
    log.add("This machine discards path MTU messages itself (net.ipv4.ip_no_pmtu_disc is 2).", { ipNoPmtuDisc: 2 });
  }
  if (!kernel.available) {
    log.add(
      `The kernel's data about a connection could not be read here, so only time-outs are known: ${kernel.reason ?? "no reason is known"}`,
      {},
    );
  }
}

function addPlace(log: EvidenceLog, { path, family }: MailHostObservation): void {
  const { lostBetween, outbound, fragNeededFrom } = path;
  if (lostBetween !== null) {
    const [before, after] = lostBetween;
    log.add(
      `Packets of more than ${outbound.mtu} bytes are dropped between ${hopLabel(before)}${before.ttl > 0 ? ` (hop ${before.ttl})` : ""} and ${hopLabel(after)} (hop ${after.ttl}).`,
      { before: { ...before }, after: { ...after } },
    );
  }
  addNarrowLinks(log, outbound);
  if (fragNeededFrom !== null) {
    const named = fragNeededFrom.mtu === null ? "without naming a size" : `naming ${fragNeededFrom.mtu} bytes`;
    log.add(
      `For our UDP packets the message "${family === 4 ? "fragmentation needed" : "packet too big"}" does come back, from ${fragNeededFrom.address}, ${named}. So that router reports the small link, and the message can reach this machine; for TCP it is dropped or has no effect. Look for a firewall or load balancer on our own side that matches such messages to connections, before anything else. This answer has also taught this machine the path MTU for about ten minutes: a probe repeated at once may look healthy.`,
      { fragNeededFrom: { ...fragNeededFrom } },
    );
  }
}

/** Every link on the way that is smaller than those before it, where there is more than the one that loses the packets. */
function addNarrowLinks(log: EvidenceLog, { narrow = [] }: OutboundPath): void {
  const last = narrow.at(-1);
  if (last === undefined || narrow.length < 2) return;
  for (const link of narrow) {
    log.add(`The link between ${stationText(link.between[0])} and hop ${link.between[1]} carries ${link.mtu} bytes; ${messageText(link)}`, {
      ...link,
    });
  }
  const working = narrow.slice(0, -1).findLast(({ icmp }) => icmp !== "never");
  if (working !== undefined && last.icmp === "never") {
    log.add(
      `Path MTU discovery works as far as the link of ${working.mtu} bytes behind ${stationText(working.between[0])}, and fails at the link of ${last.mtu} bytes behind ${stationText(last.between[0])}.`,
      { works: working.mtu, fails: last.mtu },
    );
  }
}

function messageText({ icmp }: NarrowLink): string {
  switch (icmp) {
    case "came":
      return "larger packets draw the ICMP message that says so.";
    case "at-times":
      return "larger packets draw the ICMP message that says so, but not every time.";
    case "never":
      return "larger packets are dropped without an ICMP message.";
  }
}

function stationText(ttl: number): string {
  return ttl === 0 ? "this machine" : `hop ${ttl}`;
}

function addSuspects(log: EvidenceLog, host: MailHostObservation): void {
  const suspects = suspectsOf(host);
  const numbered = suspects.map(({ who }, index) => `${index + 1}. ${who}`).join(" ");
  log.add(`This test cannot show where the ICMP message is lost. Check in this order: ${numbered}`, { suspects });
}

interface Suspect {
  /** A clause for a person. */
  readonly who: string;
  readonly check: string;
}

function suspectsOf({ path, family }: MailHostObservation): Suspect[] {
  const message = family === 4 ? "ICMP type 3 code 4" : "ICMPv6 type 2";
  const own: Suspect = {
    who: `our own firewall, on this machine or in front of it, dropping incoming ${message};`,
    check:
      family === 4
        ? "nft list ruleset | grep -n -i icmp; iptables -S | grep -i icmp; nstat -az IcmpInDestUnreachs"
        : "nft list ruleset | grep -n -i icmp; ip6tables -S | grep -i icmp; nstat -az Icmp6InPktTooBigs",
  };
  const before = path.lostBetween?.[0];
  const reports = path.fragNeededFrom !== null;
  const router: Suspect = {
    who: reports
      ? `a device that treats ${message} for TCP otherwise than for UDP, such as a load balancer or a firewall that tracks connections;`
      : before === undefined || before.ttl === 0
        ? "the router in front of the small link, not sending it;"
        : `the router in front of the small link, ${hopLabel(before)} or the one behind it, not sending it;`,
    check: "ask its operator whether it sends unreachable messages on that interface, and at which rate",
  };
  const back: Suspect = { who: "anything on its way back to us.", check: "ask each network on the way whether it filters ICMP" };
  return [own, router, back];
}

function timesText(fit: number): string {
  return fit >= 1e6 ? "more than a million times" : fit >= 1000 ? `${Math.floor(fit / 1000)}000 times` : `${Math.round(fit)} times`;
}

function times(count: number, capital = false): string {
  const text = count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
  return capital ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}
