/**
 * Lines of a Cisco ASA's log about its inspection of SMTP (message numbers 108002 to 108007 and 507003, from Cisco's list of
 * syslog messages): what the firewall itself says it did to a session.
 */
import { type PastedFault, type Peer, printable } from "@mxray/contracts";

const LINE = /%(?:ASA|PIX|FWSM|FTD)-[0-7]-(108002|108003|108004|108005|108006|108007|507003): ?(.{0,600})/;
const PLACES = /from (?:[\w.-]{1,80}:)?([0-9A-Fa-f.:]{2,45})\/([0-9]{1,5}) to (?:[\w.-]{1,80}:)?([0-9A-Fa-f.:]{2,45})\/([0-9]{1,5})/;

/** Null for what is no such line. */
export function readFirewallLine(pasted: string): PastedFault | null {
  const match = LINE.exec(pasted.replace(/\s+/g, " "));
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
  return {
    source: "firewall",
    writer: "Cisco ASA",
    peer,
    failure: /[Dd]ropped|[Rr]eset|disconnected|terminated/.test(text) ? "dropped" : "unknown",
    stage: null,
    status: null,
    dsn: null,
    count: 1,
    reason: printable(match[0], 300),
  };
}
