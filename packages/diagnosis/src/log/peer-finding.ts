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

function factsOf({ name, address, port, direction }: LogPeer): Partial<RemedyFacts> {
  const family = address === null ? 4 : (canonicalAddress(address)?.family ?? 4);
  return direction === "outbound"
    ? { family, mailHostName: name, mailHostAddress: address, port: port ?? SMTP_PORT }
    : { family, senderAddress: address, port: SMTP_PORT };
}
