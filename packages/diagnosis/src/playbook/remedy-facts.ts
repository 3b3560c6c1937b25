/**
 * What a remedy may be filled in with, and the only door by which text enters a command that people paste: canonical IP
 * text, integers in a plausible range and LDH host names pass; everything else stays a placeholder such as
 * `<MAIL-HOST-ADDRESS>`. Fields are checked, not escaped: no quoting rule covers every shell and router.
 */
import { canonicalAddress, isLdhName, type MailHostObservation } from "@mxray/contracts";

export interface RemedyFacts {
  /** Which variant of a command is shown. */
  readonly family: 4 | 6;
  readonly mailHostName: string | null;
  readonly mailHostAddress: string | null;
  /** Address of the machine that sends the mail, where it is known. */
  readonly senderAddress: string | null;
  readonly port: number | null;
  /** The largest IP packet that gets through, bytes. */
  readonly mtu: number | null;
  /** The router before the link that is too small. */
  readonly routerAddress: string | null;
}

export const NO_FACTS: RemedyFacts = {
  family: 4,
  mailHostName: null,
  mailHostAddress: null,
  senderAddress: null,
  port: null,
  mtu: null,
  routerAddress: null,
};

export function remedyFactsOfHost(host: MailHostObservation): RemedyFacts {
  return {
    ...NO_FACTS,
    family: host.family,
    mailHostName: host.name,
    mailHostAddress: host.address,
    port: host.port,
    routerAddress: host.path.lostBetween?.[0].address ?? null,
  };
}

/** Bytes of IP and TCP headers without options: what lies between an MTU and an MSS. */
const HEADERS = { 4: 40, 6: 60 } as const;

/** Every placeholder that a template may hold, with what it stands for. */
export const PLACEHOLDERS = {
  "mail-host-name": "name of the mail host",
  "mail-host-address": "address of the mail host",
  "sender-address": "address of the machine that sends the mail",
  "peer-address": "address of the other end, seen from whoever does this",
  "peer-prefix": "the same as a prefix of one address (/32 or /128)",
  "router-address": "address of the router before the small link",
  port: "TCP port of the mail host",
  mtu: "largest IP packet that gets through, bytes",
  mss: "largest TCP segment that fits it, bytes",
  "mss-above": "the MSS plus one, bytes",
  interface: "name of the network interface",
  gateway: "address of the next router",
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;

/**
 * The text for a placeholder, or null when no fact of the right kind is at hand.
 *
 * @param peer whose address `peer-address` means
 */
export function placeholderText(placeholder: Placeholder, facts: RemedyFacts, peer: "mail-host" | "sender"): string | null {
  switch (placeholder) {
    case "mail-host-name":
      return nameText(facts.mailHostName);
    case "mail-host-address":
      return addressText(facts.mailHostAddress, facts.family);
    case "sender-address":
      return addressText(facts.senderAddress, facts.family);
    case "peer-address":
      return addressText(peer === "mail-host" ? facts.mailHostAddress : facts.senderAddress, facts.family);
    case "peer-prefix": {
      const address = addressText(peer === "mail-host" ? facts.mailHostAddress : facts.senderAddress, facts.family);
      return address === null ? null : `${address}/${facts.family === 4 ? 32 : 128}`;
    }
    case "router-address":
      return addressText(facts.routerAddress, facts.family);
    case "port":
      return integerText(facts.port, 1, 65_535);
    case "mtu":
      return integerText(facts.mtu, 68, 65_535);
    case "mss":
      return integerText(facts.mtu === null ? null : facts.mtu - HEADERS[facts.family], 28, 65_495);
    case "mss-above":
      return integerText(facts.mtu === null ? null : facts.mtu - HEADERS[facts.family] + 1, 28, 65_496);
    case "interface":
    case "gateway":
      // Never measured: the reader knows them.
      return null;
  }
}

function addressText(text: string | null, family: 4 | 6): string | null {
  const address = text === null ? null : canonicalAddress(text);
  return address !== null && address.family === family ? address.text : null;
}

function nameText(text: string | null): string | null {
  return text !== null && isLdhName(text) && !text.startsWith("-") ? text : null;
}

function integerText(value: number | null, least: number, most: number): string | null {
  return value !== null && Number.isInteger(value) && value >= least && value <= most ? String(value) : null;
}
