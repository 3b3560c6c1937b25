/**
 * Who runs a hop: its reverse name, and the number and name of the network that announces its address, by a DNS origin
 * service in TXT form (`NUMBER | PREFIX | …`, `NUMBER | COUNTRY | … | NAME`). All in parallel and within one second; what
 * has not come by then stays unknown. Private and link-local addresses are nobody's and are not asked about.
 */
import type { AutonomousSystem } from "@mxray/contracts";
import { canonicalHostName, printable } from "@mxray/contracts";
import type { Clock, Resolver } from "../ports.ts";

export interface Owner {
  readonly name: string | null;
  readonly as: AutonomousSystem | null;
}

/** Zones of the origin service; `origin6` answers for nibbles of IPv6 addresses. */
export interface OwnerZones {
  readonly origin4: string;
  readonly origin6: string;
  readonly names: string;
}

/** The setting MXRAY_OWNER_ZONES: `ORIGIN4,ORIGIN6,NAMES`, or `off` where no such service is to be asked; null for anything else. */
export function parseOwnerZones(text: string): OwnerZones | "off" | null {
  if (text.trim() === "off") return "off";
  const [origin4, origin6, names, ...more] = text.split(",").map((zone) => canonicalHostName(zone.trim()));
  return origin4 && origin6 && names && more.length === 0 ? { origin4, origin6, names } : null;
}

export const DEFAULT_OWNER_ZONES: OwnerZones = {
  origin4: "origin.asn.cymru.com",
  origin6: "origin6.asn.cymru.com",
  names: "asn.cymru.com",
};

const LIMIT_MS = 1000;

export async function findOwners(
  addresses: readonly string[],
  { resolver, clock, zones, signal }: { resolver: Resolver; clock: Clock; zones: OwnerZones | "off"; signal: AbortSignal },
): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const lookups = [...new Set(addresses)]
    .filter((address) => !isPrivate(address))
    .flatMap((address) => [
      resolver.reverse(address, limit).then((answer) => {
        const name = answer.ok ? (answer.value[0] ?? null) : null;
        owners.set(address, { as: owners.get(address)?.as ?? null, name });
      }),
      findNetwork(address, resolver, zones, limit).then((as) => {
        owners.set(address, { name: owners.get(address)?.name ?? null, as });
      }),
    ]);
  await Promise.race([Promise.all(lookups), clock.sleep(LIMIT_MS, signal)]);
  return new Map(owners);
}

async function findNetwork(
  address: string,
  resolver: Resolver,
  zones: OwnerZones | "off",
  signal: AbortSignal,
): Promise<AutonomousSystem | null> {
  if (zones === "off") return null;
  const origin = await resolver.txt(`${reversed(address)}.${address.includes(":") ? zones.origin6 : zones.origin4}`, signal);
  // Several origins stand in one field; the first is as good as any.
  const number = origin.ok ? /^\s*([0-9]{1,10})\b/.exec(origin.value[0] ?? "")?.[1] : undefined;
  if (number === undefined) return null;
  const named = await resolver.txt(`AS${number}.${zones.names}`, signal);
  const name = named.ok ? (named.value[0] ?? "").split("|").at(-1)?.trim() : undefined;
  return { number: Number(number), name: printable(name ?? "", 120) };
}

/** `192.0.2.1` as `1.2.0.192`; an IPv6 address as its 32 nibbles, reversed. */
function reversed(address: string): string {
  if (!address.includes(":")) return address.split(".").reverse().join(".");
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = tail === undefined ? left : [...left, ...new Array<string>(8 - left.length - right.length).fill("0"), ...right];
  return [...groups.map((group) => group.padStart(4, "0")).join("")].reverse().join(".");
}

/** RFC 1918, 6598, 3927, 4193 and link-local: no network announces them. */
function isPrivate(address: string): boolean {
  if (address.includes(":")) return /^(?:f[cd]|fe[89ab])/i.test(address) || address === "::1";
  const [a = 0, b = 0] = address.split(".").map(Number);
  return (
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
}
