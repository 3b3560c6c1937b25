/**
 * Lines of a Cisco ASA's log (message numbers from Cisco's list of syslog messages) about its inspection of SMTP (108002 to
 * 108007, 507003) and about packets that are too large: ICMP "fragmentation needed" that it dropped (106014, 106023, 313001,
 * 313004, 313005), a packet above the next link's MTU (602101). What the firewall itself says it did.
 */
import { type PastedFault, type Peer, printable } from "@mxray/contracts";

const LINE = /%(?:ASA|PIX|FWSM|FTD)-[0-7]-(108002|108003|108004|108005|108006|108007|507003): ?(.{0,600})/;
const PLACES = /from (?:[\w.-]{1,80}:)?([0-9A-Fa-f.:]{2,45})\/([0-9]{1,5}) to (?:[\w.-]{1,80}:)?([0-9A-Fa-f.:]{2,45})\/([0-9]{1,5})/;

const PACKET_LINE = /%(?:ASA|PIX|FWSM|FTD)-[0-7]-(106014|106023|313001|313004|313005|602101): ?(.{0,600})/;
/** IPv4's "fragmentation needed", and IPv6's "packet too big". */
const TOO_BIG = /\bicmp\b.{0,200}\btype[ =]3, ?code[ =]4\b|\bicmp(?:6|v6)\b.{0,200}\btype[ =]2, ?code[ =]0\b/i;

/** Null for what is no such line. */
export function readFirewallLine(pasted: string): PastedFault | null {
  const line = pasted.replace(/\s+/g, " ");
  return sessionFault(line) ?? packetFault(line);
}

function packetFault(line: string): PastedFault | null {
  const match = PACKET_LINE.exec(line);
  if (match === null) return null;
  const [whole, number, text = ""] = match;
  const failure = number === "602101" ? "packet-too-big" : TOO_BIG.test(text) ? "icmp-dropped" : null;
  if (failure === null) return null;
  const destination =
    /dest_addr=([0-9A-Fa-f.:]{2,45})()/.exec(text) ??
    /payload: tcp src \S{1,120} dst (?:[\w.-]{1,80}:)?([0-9A-Fa-f.:]{2,45})\/([0-9]{1,5})/.exec(text);
  const [, address, port] = destination ?? [];
  const peer: Peer | null = address === undefined ? null : { name: null, address, port: port ? Number(port) : null };
  return faultOf(whole, failure, peer);
}

function faultOf(line: string, failure: PastedFault["failure"], peer: Peer | null): PastedFault {
  return {
    source: "firewall",
    writer: "Cisco ASA",
    peer,
    failure,
    stage: null,
    status: null,
    dsn: null,
    count: 1,
    reason: printable(line, 300),
  };
}

function sessionFault(line: string): PastedFault | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, , text = ""] = match;
  const places = PLACES.exec(text);
  const ends: Peer[] =
    places === null
      ? []
      : [
          { name: null, address: places[1] ?? null, port: Number(places[2]) },
          { name: null, address: places[3] ?? null, port: Number(places[4]) },
        ];
  // The mail host is the end that listens.
  const peer = ends.find(({ port }) => port === 25 || port === 587 || port === 465) ?? ends[1] ?? null;
  return faultOf(match[0], /[Dd]ropped|[Rr]eset|disconnected|terminated/.test(text) ? "dropped" : "unknown", peer);
}
