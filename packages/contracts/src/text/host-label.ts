/** How a mail host and a hop are called in a sentence: by name where there is one, else by address. */

import { formatEndpoint, SMTP_PORT } from "../names/target.ts";
import { printable } from "../printable.ts";
import type { MailHostObservation } from "../probes/observation.ts";
import type { Hop, HopOwner } from "../probes/path-observation.ts";

const NAME_CAP = 120;

export function hostLabel({ name, address, port }: Pick<MailHostObservation, "name" | "address" | "port">): string {
  return formatEndpoint(printable(name ?? address, NAME_CAP), port);
}

/** Name and address, for lists in which one host has several addresses. */
export function hostLabelWithAddress({ name, address, port }: Pick<MailHostObservation, "name" | "address" | "port">): string {
  if (name === null) return formatEndpoint(address, port);
  return `${printable(name, NAME_CAP)} [${address}]${port === SMTP_PORT ? "" : `:${port}`}`;
}

/** `10.0.1.1 (core.example.test, AS64500 Example)`; TTL 0 is this machine. */
export function hopLabel(hop: Pick<HopOwner | Hop, "ttl" | "address" | "name" | "as">): string {
  if (hop.ttl === 0) return "this machine";
  if (hop.address === null) return `hop ${hop.ttl} (which gives no address)`;
  const known = [
    ...(hop.name === null ? [] : [printable(hop.name, NAME_CAP)]),
    ...(hop.as === null ? [] : [`AS${hop.as.number} ${printable(hop.as.name, 60)}`.trim()]),
  ];
  return known.length === 0 ? hop.address : `${hop.address} (${known.join(", ")})`;
}
