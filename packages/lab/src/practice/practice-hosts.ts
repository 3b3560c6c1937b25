/** The mail domains of the practice lab, as data: each with one trouble, on the mail host or on the way to it. */
import type { FindingCode } from "@mxray/contracts";

export type PracticePath =
  | "clear"
  /** A link of 1400 bytes whose router keeps its ICMP to itself. */
  | "black-hole"
  /** The same link before a router that tells. */
  | "reduced"
  /** Large packets from the mail host are lost, large packets to it arrive. */
  | "inbound-hole"
  /** Large packets to it are lost behind the first router; the third client's packets do not take that way. */
  | "first-link-hole"
  /** One packet in four is lost on the way to it, of whatever size. */
  | "lossy"
  /** A router drops what goes to port 25. */
  | "port-blocked"
  /** Nothing listens. */
  | "closed";

export interface PracticeHost {
  /** The domain is `NAME.lab.test`. */
  readonly name: string;
  readonly title: string;
  /** Name of a mail host script; null is the real `smtp-sink` of Postfix, and the host exists only where that is installed. */
  readonly script: string | null;
  readonly path: PracticePath;
  /** The worst that a probe finds. */
  readonly finding: FindingCode;
}

/** A domain `NAME.lab.test` with several of these as its mail hosts. */
export interface PracticeGroup {
  readonly name: string;
  readonly title: string;
  /** Preference and name of a practice host. */
  readonly mailHosts: readonly (readonly [number, string])[];
  /** The worst that a probe finds. */
  readonly finding: FindingCode;
}

/** Packets of more than so many bytes do not fit the small link of the practice network. */
export const PRACTICE_MTU = 1400;

export const PRACTICE_HOSTS: readonly PracticeHost[] = [
  { name: "healthy", title: "No fault.", script: "healthy-tls", path: "clear", finding: "healthy" },
  {
    name: "black-hole",
    title: "Packets of more than 1400 bytes vanish on the way to it.",
    script: "healthy-tls",
    path: "black-hole",
    finding: "pmtu-black-hole",
  },
  {
    name: "inbound-hole",
    title: "Packets of more than 1400 bytes vanish on the way back.",
    script: "large-certificate",
    path: "inbound-hole",
    finding: "pmtu-black-hole-inbound",
  },
  {
    name: "one-side",
    title: "Packets of more than 1400 bytes are lost on the way from two of three clients.",
    script: "healthy-tls",
    path: "first-link-hole",
    finding: "pmtu-black-hole",
  },
  {
    name: "reduced",
    title: "The same small link, and path MTU discovery works.",
    script: "healthy-tls",
    path: "reduced",
    finding: "pmtu-reduced",
  },
  {
    name: "lossy",
    title: "One packet in four is lost on the way to it, small or large.",
    script: "healthy-tls",
    path: "lossy",
    finding: "lossy-path",
  },
  { name: "fixup", title: "A PIX masks its greeting.", script: "pix-6", path: "clear", finding: "smtp-fixup" },
  { name: "masked-tls", title: "An ASA masks its STARTTLS.", script: "asa", path: "clear", finding: "smtp-fixup" },
  {
    name: "split-end",
    title: "It loses the end of a message that comes in two packets; only a delivery test shows that.",
    script: "split-end-of-data-unmasked",
    path: "clear",
    finding: "healthy",
  },
  { name: "cliff", title: "It stops reading in the middle of a large message.", script: "cliff-64k", path: "clear", finding: "size-cliff" },
  { name: "blocked", title: "A router drops what goes to port 25.", script: "healthy", path: "port-blocked", finding: "port-25-blocked" },
  { name: "closed", title: "Nothing listens on port 25.", script: "healthy", path: "closed", finding: "connect-refused" },
  { name: "silent", title: "It takes the connection and never greets.", script: "silent", path: "clear", finding: "greeting-timeout" },
  { name: "refusing", title: "It greets with 554.", script: "greeting-554", path: "clear", finding: "greeting-refused" },
  {
    name: "sink",
    title: "A real mail server, Postfix’s smtp-sink, behind the same black hole.",
    script: null,
    path: "black-hole",
    finding: "pmtu-black-hole",
  },
];

export const PRACTICE_GROUPS: readonly PracticeGroup[] = [
  {
    name: "several",
    title: "Four mail hosts: one is well, one is behind a hole, one refuses, one is closed.",
    mailHosts: [
      [10, "healthy"],
      [20, "black-hole"],
      [30, "refusing"],
      [40, "closed"],
    ],
    finding: "pmtu-black-hole",
  },
];
