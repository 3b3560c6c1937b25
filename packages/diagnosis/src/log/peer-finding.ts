/** A finding about one peer of a log: how the peer is called, and what of it may enter a remedy. */
import { canonicalAddress, type Finding, formatEndpoint, type LogPeer, printable, SMTP_PORT } from "@mxray/contracts";
import { type FindingDraft, findingOfTarget } from "../finding-draft.ts";
import type { RemedyFacts } from "../playbook/remedy-facts.ts";

const NAME_CAP = 120;

/** By name where there is one, else by address; a client's port says nothing. */
export function peerLabel({ name, address, port, direction }: Pick<LogPeer, "name" | "address" | "port" | "direction">): string {
  const host = name ?? address;
  if (host === null) return direction === "inbound" ? "an unknown client" : "an unknown host";
  return formatEndpoint(printable(host, NAME_CAP), direction === "outbound" ? (port ?? SMTP_PORT) : SMTP_PORT);
}

export function findingOfPeer(peer: LogPeer, draft: FindingDraft): Finding {
  const { name, address, direction } = peer;
  const port = direction === "outbound" ? (peer.port ?? SMTP_PORT) : null;
  return findingOfTarget({ ...draft, facts: { ...factsOf(peer), ...draft.facts } }, { host: name, address, port });
}

/** The mail program that wrote most of the lines, so that its commands come first. */
export function writerFacts([writer]: LogPeer["writers"]): Partial<RemedyFacts> {
  return writer === undefined ? {} : { mta: writer.mta };
}

function factsOf({ name, address, port, direction, writers }: LogPeer): Partial<RemedyFacts> {
  const own = writerFacts(writers);
  const family = address === null ? 4 : (canonicalAddress(address)?.family ?? 4);
  return direction === "outbound"
    ? { ...own, family, mailHostName: name, mailHostAddress: address, port: port ?? SMTP_PORT }
    : { ...own, family, senderAddress: address, port: SMTP_PORT };
}
