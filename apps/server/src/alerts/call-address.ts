/**
 * Which addresses a channel may be at, checked on the address of every connection, so that no name leads around it. Private
 * networks and this machine are allowed, since in-house receivers are there; link-local addresses are not, since the metadata
 * services of clouds hand credentials to any caller.
 */
import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** An attempt that did not arrive, or was refused; the message is shown to admins. */
export class CallTrouble extends Error {}

/** Metadata services outside the link-local range: AWS over IPv6, Alibaba Cloud, Azure. */
const METADATA: readonly string[] = ["fd00:ec2::254", "100.100.100.200", "168.63.129.16"].map((address) =>
  ipaddr.parse(address).toNormalizedString(),
);
const REFUSED: readonly string[] = ["linkLocal", "multicast", "broadcast", "unspecified", "6to4", "teredo"];
/** A translator on the way (NAT64) turns these IPv6 addresses into the IPv4 address of their last four bytes. */
const TRANSLATED: readonly string[] = ["rfc6145", "rfc6052"];

/** @param address of an IP, without brackets @returns a sentence, or null where mxray may connect */
function refusalOfCallAddress(address: string): string | null {
  const reached = reachedAddress(address);
  if (!METADATA.includes(reached.toNormalizedString()) && !REFUSED.includes(reached.range())) return null;
  return `${address} is a link-local, metadata or special-purpose address; mxray sends no alerts there.`;
}

/** Of the host of a URL, before it is resolved; null for a name. */
export function refusalOfCallHost(host: string): string | null {
  const address = withoutBrackets(host);
  return ipaddr.isValid(address) ? refusalOfCallAddress(address) : null;
}

/** For `connect`: like the system's, without the addresses that are refused. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0);
    const allowed = addresses.filter(({ address }) => refusalOfCallAddress(address) === null);
    const [first] = allowed;
    if (first === undefined) return callback(new CallTrouble(refusalOfCallAddress(addresses[0]?.address ?? "0.0.0.0") ?? ""), "", 0);
    if (options.all === true) return callback(null, allowed);
    callback(null, first.address, first.family);
  });
};

/** For a client that cannot be given a look-up: the address to connect to. @throws CallTrouble */
export async function guardedAddress(host: string): Promise<string> {
  const refusal = refusalOfCallHost(host);
  if (refusal !== null) throw new CallTrouble(refusal);
  return await new Promise((resolve, reject) => {
    guardedLookup(withoutBrackets(host), {}, (error, address) => {
      if (error === null) resolve(String(address));
      else reject(error instanceof CallTrouble ? error : new CallTrouble(`${host} was not resolved: ${error.code ?? error.message}.`));
    });
  });
}

export function isAddress(host: string): boolean {
  return ipaddr.isValid(withoutBrackets(host));
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** An IPv4 address in IPv6 notation is judged as what it is. */
function reachedAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const parsed = ipaddr.process(address);
  return TRANSLATED.includes(parsed.range()) ? ipaddr.fromByteArray(parsed.toByteArray().slice(-4)) : parsed;
}
