/**
 * What the reader of a diagnosis is asked to do: whom it concerns, the numbers that they need, and the steps, each with the
 * remedies of the playbook that belong to it. Drawn by the page of a share and written into tickets, from the same facts.
 *
 * Between which hops packets become too big is measured; who keeps the ICMP message back is not, and is never claimed.
 */
import type { Finding, Remedy } from "../finding.ts";
import type { MailHostObservation } from "../probes/observation.ts";
import type { ProbeReport } from "../probes/probe-report.ts";
import type { Audience } from "../terms/finding-terms.ts";
import { hopLabel, hostLabel, hostLabelWithAddress } from "./host-label.ts";
import { lostPackets, lostSizesText } from "./lost-packets.ts";

export interface Ask {
  readonly audience: Audience;
  /** Name and value, in the order in which a network engineer asks. */
  readonly numbers: readonly (readonly [name: string, value: string])[];
  readonly steps: readonly AskStep[];
}

export interface AskStep {
  /** One or two sentences. */
  readonly text: string;
  /** What to type, one system or another. */
  readonly remedies: readonly Remedy[];
}

/** Who mends it for everybody comes first. */
const ORDER = ["network", "receiver", "sender"] as const satisfies readonly Audience[];
/** Bytes of IP and TCP headers without options. */
const HEADERS = { 4: 40, 6: 60 } as const;

/** Null where nobody has anything to do. */
export function askOf(report: ProbeReport, finding: Finding): Ask | null {
  const can = (kind?: Remedy["kind"]) =>
    ORDER.find((audience) =>
      finding.remedies.some((remedy) => remedy.audience === audience && (kind === undefined || remedy.kind === kind)),
    );
  const audience = can("fix") ?? can();
  if (audience === undefined) return null;
  const host = report.hosts.find(({ address, port }) => address === finding.subject.address && port === finding.subject.port) ?? null;
  const remedies = finding.remedies.filter((remedy) => remedy.audience === audience);
  return { audience, numbers: numbersOf(report, finding, host), steps: stepsOf(finding, host, remedies) };
}

function numbersOf({ vantage, target }: ProbeReport, { code, confidence }: Finding, host: MailHostObservation | null): Ask["numbers"] {
  const there = host === null ? target : hostLabelWithAddress(host);
  const inbound = code === "pmtu-black-hole-inbound";
  const numbers: [string, string][] = [["Direction", inbound ? `${there} → ${vantage.host}` : `${vantage.host} → ${there}`]];
  if (host !== null && (inbound || code === "pmtu-black-hole")) numbers.push(...sizesOf(host, inbound));
  const between = host?.path.lostBetween ?? null;
  if (code === "pmtu-black-hole" && between !== null) {
    numbers.push(["Too big between", `${hopWords(between[0])} and ${hopWords(between[1])}`]);
  }
  const blocked = host?.path.portBlockedAt ?? null;
  if (code === "port-25-blocked" && blocked !== null) numbers.push(["Blocked at", hopWords(blocked)]);
  return [...numbers, ["Certainty", confidence]];
}

function sizesOf({ family, path }: MailHostObservation, inbound: boolean): [string, string][] {
  const { mtu } = inbound ? path.inbound : path.outbound;
  if (mtu === null) return [];
  const lost = inbound ? null : lostSizesText(lostPackets(path.outbound));
  const { ours, peer } = path.mss;
  return [
    ["Largest packet that passes", `${mtu} bytes`],
    ["Packets lost", `${lost ?? `more than ${mtu}`} bytes`],
    ["TCP segment (MSS) that fits", `${mtu - HEADERS[family]} bytes${ours === null ? "" : `; in use: ${peer ?? ours}`}`],
  ];
}

function hopWords(hop: Parameters<typeof hopLabel>[0]): string {
  return hop.ttl === 0 ? "the sender" : `hop ${hop.ttl}, ${hopLabel(hop)}`;
}

function stepsOf(finding: Finding, host: MailHostObservation | null, remedies: readonly Remedy[]): AskStep[] {
  const fixes = remedies.filter(({ kind }) => kind === "fix");
  const workarounds = remedies.filter(({ kind }) => kind === "workaround");
  const hole = host === null ? null : holeOf(finding, host);
  if (hole === null) {
    return [
      ...(fixes.length === 0 ? [] : [{ text: "Fix the cause. The steps depend on your system.", remedies: fixes }]),
      ...(workarounds.length === 0
        ? []
        : [{ text: fixes.length === 0 ? "This helps." : "If that will take time, this helps.", remedies: workarounds }]),
      { text: "Please tell us when you have changed something and we will test again.", remedies: [] },
    ];
  }
  const { where, mtu, mss, message, reader } = hole;
  return [
    { text: where, remedies: [] },
    {
      text: `The router in front of that link must report this to ${reader}: ${message}. Make sure that it sends this message and that no filter on the way to ${reader} drops it. This test cannot show where the message is lost; it may be ${reader}’s own firewall.`,
      remedies: fixes,
    },
    {
      text: `If that will take time, clamp the TCP MSS to ${mss} bytes on a router at that link. This helps every mail host behind it.`,
      remedies: workarounds,
    },
    {
      text: `Please tell us when you have changed something and we will test again. It is fixed when packets of more than ${mtu} bytes arrive, or that ICMP message comes back.`,
      remedies: [],
    },
  ];
}

/** The words for a black hole of either direction; null for what is none, or has no size. */
function holeOf({ code }: Finding, host: MailHostObservation) {
  const { family, path } = host;
  const inbound = code === "pmtu-black-hole-inbound";
  const { mtu } = inbound ? path.inbound : path.outbound;
  if ((!inbound && code !== "pmtu-black-hole") || mtu === null) return null;
  const between = inbound ? null : path.lostBetween;
  const look = "Look at the MTU of the interfaces there, and of any tunnel that the link runs through.";
  return {
    mtu,
    mss: mtu - HEADERS[family],
    message: family === 4 ? "ICMP type 3 code 4, “fragmentation needed”" : "ICMPv6 type 2, “packet too big”",
    reader: inbound ? hostLabel(host) : "the sender",
    where:
      between === null
        ? `Find the link that carries at most ${mtu} bytes${inbound ? ` on the way from ${hostLabel(host)}` : ""}: between which routers it lies could not be seen from here. Look at tunnels (VPN, GRE, PPPoE) first.`
        : `Packets of more than ${mtu} bytes are dropped between ${hopWords(between[0])} and ${hopWords(between[1])}. ${look}`,
  };
}
