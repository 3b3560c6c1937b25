/**
 * What a remedy may be filled in with, and the only door by which text enters a command that people paste: canonical IP
 * text, integers in a plausible range and LDH host names pass; everything else stays a placeholder such as
 * `<MAIL-HOST-ADDRESS>`. Fields are checked, not escaped: no quoting rule covers every shell and router.
 */
import { canonicalAddress, isLdhName, type MailHostObservation, type Platform } from "@mxray/contracts";

/** Limits of a machine as they were read; null where unknown. */
export interface HostLimits {
  /** Open files of the whole machine. */
  readonly files: number | null;
  /** Open files of one mail process. */
  readonly processFiles: number | null;
  /** Processes and threads. */
  readonly tasks: number | null;
  readonly conntrack: number | null;
}

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
  /** Whether packets without DF that are too big arrive in fragments; null where it was not tried. */
  readonly fragmentsArrive: boolean | null;
  /** The mail program that wrote the log: its commands come first. */
  readonly mta: MailProgram | null;
  readonly hostLimits: HostLimits | null;
}

const MAIL_PROGRAMS = ["postfix", "exim", "sendmail", "exchange"] as const satisfies readonly Platform[];
export type MailProgram = (typeof MAIL_PROGRAMS)[number];

export function isMailProgram(platform: Platform): platform is MailProgram {
  return MAIL_PROGRAMS.some((each) => each === platform);
}

export const NO_FACTS: RemedyFacts = {
  family: 4,
  mailHostName: null,
  mailHostAddress: null,
  senderAddress: null,
  port: null,
  mtu: null,
  routerAddress: null,
  fragmentsArrive: null,
  mta: null,
  hostLimits: null,
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

/** What is filled in where it is known. */
const MEASURED = {
  "mail-host-name": "name of the mail host",
  "mail-host-address": "address of the mail host",
  "sender-address": "address of the machine that sends the mail",
  "peer-address": "address of the other end, seen from the machine where this is done",
  "peer-prefix": "the same as a prefix of one address (/32 or /128)",
  "router-address": "address of the router before the small link",
  port: "TCP port of the mail host",
  mtu: "largest IP packet that gets through, bytes",
  mss: "largest TCP segment that fits it, bytes",
  "mss-above": "the MSS plus one, bytes",
  "files-limit": "twice the machine's limit of open files",
  "process-files-limit": "twice a mail process's limit of open files",
  "tasks-limit": "twice the machine's limit of processes",
  "conntrack-limit": "twice the limit of tracked connections",
} as const;

/** What the reader alone knows: it always stays a placeholder. */
const ASKED = {
  interface: "name of the network interface",
  ppa: "number of the network card (HP-UX)",
  gateway: "address of the next router",
  domain: "domain of the recipients",
  "relay-host": "name of the host that is to take the mail instead",
  user: "account at the relay",
  password: "its password",
  recipient: "mail address of a recipient that exists",
  "name-server": "one of the domain's name servers",
  "queue-id": "queue id of a message in the log",
  "message-id": "Exim's id of a message",
  connector: "name of the send connector",
  "access-list": "name of the access list in use",
  filter: "name of the firewall filter in use",
  "first-term": "name of its first term",
  policy: "name of the inspection policy in use",
  class: "name of the class of mail traffic",
  chain: "name of the chain",
  handle: "number of the rule",
  "global-address": "public address of the mail host",
  "local-address": "its address behind the firewall",
} as const;

/** What every IPv4 link carries at least (RFC 791), bytes. */
const LEAST_MTU = 68;
const MOST_FILES = 2 ** 31 - 1;
/** Linux's fs.nr_open unless it was raised. */
const MOST_PROCESS_FILES = 1_048_576;
/** Linux's largest kernel.pid_max. */
const MOST_TASKS = 4_194_304;

/** Every placeholder that a template may hold, with what it stands for. */
export const PLACEHOLDERS = { ...MEASURED, ...ASKED } as const;
export type Placeholder = keyof typeof PLACEHOLDERS;

/**
 * The text for a placeholder, or null when no fact of the right kind is at hand.
 *
 * @param peer whose address `peer-address` means
 */
export function placeholderText(placeholder: Placeholder, facts: RemedyFacts, peer: "mail-host" | "sender"): string | null {
  return isMeasured(placeholder) ? measuredText(placeholder, facts, peer) : null;
}

/** Others are always a placeholder. */
export function isMeasured(placeholder: Placeholder): placeholder is keyof typeof MEASURED {
  return Object.hasOwn(MEASURED, placeholder);
}

function measuredText(placeholder: keyof typeof MEASURED, facts: RemedyFacts, peer: "mail-host" | "sender"): string | null {
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
      return integerText(facts.mtu, LEAST_MTU, 65_535);
    case "mss":
      return mssText(facts, 0);
    case "mss-above":
      return mssText(facts, 1);
    case "files-limit":
      return twice(facts.hostLimits?.files, MOST_FILES);
    case "process-files-limit":
      return twice(facts.hostLimits?.processFiles, MOST_PROCESS_FILES);
    case "tasks-limit":
      return twice(facts.hostLimits?.tasks, MOST_TASKS);
    case "conntrack-limit":
      return twice(facts.hostLimits?.conntrack, MOST_FILES);
  }
}

function twice(limit: number | null | undefined, most: number): string | null {
  return integerText(limit ?? null, 1, most) === null ? null : String(Math.min(most, 2 * (limit ?? 0)));
}

function mssText({ mtu, family }: RemedyFacts, above: 0 | 1): string | null {
  const mss = (mtu ?? 0) - HEADERS[family];
  return integerText(mss, LEAST_MTU - HEADERS[4], 65_495) === null ? null : String(mss + above);
}

function addressText(text: string | null, family: 4 | 6): string | null {
  const address = text === null ? null : canonicalAddress(text);
  return address !== null && address.family === family ? address.text : null;
}

function nameText(text: string | null): string | null {
  return text !== null && isLdhName(text) ? text : null;
}

function integerText(value: number | null, least: number, most: number): string | null {
  return value !== null && Number.isInteger(value) && value >= least && value <= most ? String(value) : null;
}
