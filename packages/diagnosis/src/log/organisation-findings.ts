/**
 * A provider sends from many hosts and takes mail at many: a fault on the way to it shows a little at each. So what no host
 * shows surely on its own is judged again for all hosts of an organisation, by the registered part of their names. Where that says
 * more, one finding about the organisation replaces those about its hosts.
 */
import { CONFIDENCES, type Finding, type LogPeer } from "@mxray/contracts";
import { countText, listText } from "../number-text.ts";
import { organisationOfName } from "../shared-fault.ts";
import type { LogContext, PeerRule } from "./log-rule.ts";
import { mergedPeer } from "./merged-peer.ts";
import { peerLabel } from "./peer-finding.ts";

/** Hosts with trouble from which on it is spread. */
const LEAST_HOSTS = 3;
const HOSTS_SHOWN = 8;

export interface PeerFinding {
  readonly finding: Finding;
  readonly peer: LogPeer;
}

/** The findings of a rule about peers and about organisations. */
export function findingsOfRule(rule: PeerRule, organisations: readonly Organisation[], context: LogContext): PeerFinding[] {
  const findings = (peer: LogPeer) => rule(peer, context).map((finding) => ({ finding, peer }));
  return organisations.flatMap(({ hosts, together }) => {
    const each = hosts.flatMap(findings);
    const [whole] = together === null ? [] : findings(together);
    if (whole === undefined || !saysMore(whole, each)) return each;
    return [{ ...whole, finding: withHosts(whole.finding, hosts) }];
  });
}

export interface Organisation {
  /** Those with trouble. */
  readonly hosts: readonly LogPeer[];
  /** Null where there are too few hosts with trouble to be judged together. */
  readonly together: LogPeer | null;
}

/** Names are looked up where there is trouble only: a log has thousands of peers without any. */
export function organisationsOf(peers: readonly LogPeer[]): Organisation[] {
  const spread = spreadTrouble(peers);
  const groups = Map.groupBy(peers, (peer) => organisationAmong(spread, peer));
  return [...groups].map(([key, members]) => {
    const hosts = members.filter(hasTrouble);
    if (key === null) return { hosts, together: null };
    return { hosts, together: mergedPeer(members, { name: key.slice(key.indexOf(" ") + 1), address: null }) };
  });
}

/** No rule says anything of other peers. */
function hasTrouble({ stalled, signs, pix }: LogPeer): boolean {
  return stalled > 0 || signs.length > 0 || pix.length > 0;
}

/** Organisations of which several hosts have stalls, each as `direction name`. */
function spreadTrouble(peers: readonly LogPeer[]): Set<string> {
  const troubled = peers.flatMap(({ name, stalled, direction }) => {
    const organisation = name === null || stalled === 0 ? null : organisationOfName(name);
    return organisation === null ? [] : [{ name, key: `${direction} ${organisation}` }];
  });
  const groups = [...Map.groupBy(troubled, ({ key }) => key)];
  return new Set(groups.filter(([, hosts]) => new Set(hosts.map(({ name }) => name)).size >= LEAST_HOSTS).map(([key]) => key));
}

function organisationAmong(spread: ReadonlySet<string>, { name, direction }: LogPeer): string | null {
  if (name === null || spread.size === 0) return null;
  for (let domain = name.toLowerCase(); domain !== ""; domain = domain.slice(domain.indexOf(".") + 1)) {
    if (spread.has(`${direction} ${domain}`)) return `${direction} ${domain}`;
    if (!domain.includes(".")) return null;
  }
  return null;
}

/** Hosts that we deliver to can be probed one by one, so what each shows on its own stays. */
function saysMore({ finding, peer }: PeerFinding, each: readonly PeerFinding[]): boolean {
  const surest = Math.min(CONFIDENCES.length, ...each.map((one) => CONFIDENCES.indexOf(one.finding.confidence)));
  const own = CONFIDENCES.indexOf(finding.confidence);
  return peer.direction === "inbound" ? own <= surest : own < surest;
}

function withHosts(finding: Finding, hosts: readonly LogPeer[]): Finding {
  const troubled = hosts.filter(({ stalled }) => stalled > 0).toSorted((a, b) => b.stalled - a.stalled);
  const shown = troubled.slice(0, HOSTS_SHOWN).map((peer) => `${peerLabel(peer)} (${peer.stalled})`);
  const more = troubled.length - shown.length;
  const at = finding.evidence[0]?.at ?? finding.since;
  const text = `${countText(troubled.length, "host")} of the organisation with stalls: ${listText([...shown, ...(more > 0 ? [`${more} more`] : [])])}.`;
  return { ...finding, evidence: [{ at, source: "log", text, data: { hosts: troubled.length } }, ...finding.evidence] };
}
