/**
 * When several destinations that fail alike are one fault on our side. The rule for whatever sees many destinations: probes
 * (`our-side.ts`) and mail logs (`log/`). At least four destinations of different organisations and networks fail alike, they
 * are four fifths of those tried in that time, and none works in that time.
 *
 * That time begins when the first of the latest four began to fail: three hosts that have long been dead say nothing about a
 * host that worked yesterday, and four of them beside one that works now are four dead hosts.
 *
 * A destination is an organisation: the domains of one relay are one destination, as often as they are tried.
 */
import { createRequire } from "node:module";
import type { Finding } from "@mxray/contracts";

const require = createRequire(import.meta.url);
/** Loaded when first asked: reading the Public Suffix List takes as long as a quarter of a command's start. */
let suffixes: Pick<typeof import("tldts"), "getDomain"> | undefined;

const LEAST_DESTINATIONS = 4;
const LEAST_SHARE = 0.8;

/** Ways to fail that probes and logs can both show. */
export type SharedFault = "connections" | "greetings" | "tls" | "rewriting" | "large-packets" | "listing";

/** Those that a finding about our side gives as evidence, in the `fault` of each row. */
export function sharedFaultsOf({ evidence }: Pick<Finding, "evidence">): ReadonlySet<unknown> {
  return new Set(evidence.flatMap(({ data: { fault } }) => fault ?? []));
}

/** One mail host, as far as one way to fail is concerned. */
export interface DestinationAttempt {
  /** Who runs the mail host, from `organisationOf`. */
  readonly organisation: string;
  /** From `networkOf`. */
  readonly network: string;
  /** `other`: neither, such as a failure of another kind. */
  readonly outcome: "failed" | "worked" | "other";
  /** Milliseconds since 1970: since when it fails without a success, when it last worked, or when it was last tried. */
  readonly at: number;
}

/** @returns the attempts that fail alike, where they are a fault on our side; null otherwise */
export function sharedFault<Attempt extends DestinationAttempt>(attempts: readonly Attempt[]): Attempt[] | null {
  const alike = attempts.filter(({ outcome }) => outcome === "failed");
  const begin = beginOf(alike);
  if (begin === null) return null;
  const tried = attempts.filter(({ outcome, at }) => outcome === "failed" || at >= begin);
  if (tried.some(({ outcome }) => outcome === "worked")) return null;
  return organisationsAmong(alike) >= LEAST_SHARE * organisationsAmong(tried) ? alike : null;
}

/** When the first of the latest four different destinations began to fail; null where there are fewer. */
function beginOf(alike: readonly DestinationAttempt[]): number | null {
  const seen: DestinationAttempt[] = [];
  const pairs = new Set<string>();
  const organisations = new Set<string>();
  const networks = new Set<string>();
  for (const attempt of alike.toSorted((a, b) => b.at - a.at)) {
    const { organisation, network, at } = attempt;
    const pair = `${organisation} ${network}`;
    // What adds nothing is not counted again: a log may name thousands of hosts of one network.
    if (pairs.has(pair)) continue;
    pairs.add(pair);
    organisations.add(organisation);
    networks.add(network);
    seen.push(attempt);
    if (Math.min(organisations.size, networks.size) < LEAST_DESTINATIONS) continue;
    if (differentDestinations(seen) >= LEAST_DESTINATIONS) return at;
  }
  return null;
}

/** The registered part of a mail host's name by the Public Suffix List, else the name; of a host without a name its address. */
export function organisationOf(name: string | null, address: string): string {
  return name === null ? address : (organisationOfName(name) ?? name.toLowerCase());
}

/** Null for what has no registered part: an address, a single label. */
export function organisationOfName(name: string): string | null {
  suffixes ??= require("tldts") as typeof import("tldts");
  return suffixes.getDomain(name.replace(/\.$/, ""));
}

/** The first 24 bits of an IPv4 address, 48 of an IPv6 address. @param address canonical */
export function networkOf(address: string): string {
  return address.includes(":") ? firstGroups(address) : address.split(".").slice(0, 3).join(".");
}

/** Zeros that `::` leaves out are put back first: 2001:db8::1 is in 2001:db8:0. */
function firstGroups(address: string): string {
  const [head = "", tail] = address.split("::");
  const left = head.split(":").filter(Boolean);
  const right = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: zeros }, () => "0"), ...right].slice(0, 3).join(":");
}

function organisationsAmong(attempts: readonly DestinationAttempt[]): number {
  return new Set(attempts.map(({ organisation }) => organisation)).size;
}

/** The most pairs of an organisation and a network of its own: a host of four networks is one destination, four hosts of one network too. */
function differentDestinations(attempts: readonly DestinationAttempt[]): number {
  const networks = Map.groupBy(attempts, ({ organisation }) => organisation);
  const takenBy = new Map<string, string>();
  const place = (organisation: string, seen: Set<string>): boolean =>
    (networks.get(organisation) ?? []).some(({ network }) => {
      if (seen.has(network)) return false;
      seen.add(network);
      const holder = takenBy.get(network);
      if (holder !== undefined && !place(holder, seen)) return false;
      takenBy.set(network, organisation);
      return true;
    });
  return [...networks.keys()].filter((organisation) => place(organisation, new Set())).length;
}
