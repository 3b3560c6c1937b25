/** The routers on the way to a mail host: where full-size packets are lost, or its port is blocked; and who runs them. */

import { DEFAULT_OWNER_ZONES, findOwners } from "../hops/hop-owners.ts";
import type { HopSearchRequest } from "../hops/hop-request.ts";
import { type HopSearch, NO_HOPS, searchHops, searchPortBlock } from "../hops/hop-search.ts";
import type { SmallSegments } from "../path/path-statistics.ts";
import type { HostContext } from "../session/host-context.ts";

const LARGEST_PROBE = 9000;

/**
 * @param lost the smallest IP packet that is lost, bytes
 * @param largest the largest that the interface lets us send, bytes; null where it is not known
 * @param small packets that fit, and those of them that were lost by chance
 */
export async function hostHopsOfLoss(
  context: HostContext,
  { lost, largest, small }: { lost: number; largest: number | null; small: SmallSegments },
): Promise<HopSearch> {
  const full = Math.min(largest ?? lost, LARGEST_PROBE);
  const request = hopRequest(context, full > lost ? [lost, full] : [lost]);
  return request === null ? NO_HOPS : await searchHops({ ...request, loss: small.lost / Math.max(1, small.sent) });
}

/** @param arrives the largest IP packet that gets through, bytes: nothing is said to be lost where a router ignores it */
export async function hostHopsOfWorkingPath(context: HostContext, arrives: number): Promise<HopSearch> {
  const request = hopRequest(context, [Math.min(arrives, LARGEST_PROBE)]);
  return request === null ? NO_HOPS : { ...NO_HOPS, hops: (await searchHops(request)).hops };
}

export async function hostHopsOfBlockedPort(context: HostContext): Promise<HopSearch> {
  const request = hopRequest(context, []);
  return request === null ? NO_HOPS : await searchPortBlock(request);
}

/** Null where no hops are wanted, or this machine cannot ask them. */
function hopRequest({ options, ports, host, signal }: HostContext, sizes: readonly number[]): HopSearchRequest | null {
  const { hopProber: prober, clock } = ports;
  return options.trace === false || prober.missing !== null ? null : { ...host, sizes, prober, clock, signal };
}

/** The same hops with their reverse names and owners, as far as those are told within a second. */
export async function nameHostHops({ options, ports, signal }: HostContext, search: HopSearch): Promise<HopSearch> {
  const addresses = search.hops.flatMap((hop) => hop.addresses);
  if (options.owner === false || addresses.length === 0) return search;
  const owners = await findOwners(addresses, {
    resolver: ports.resolver,
    clock: ports.clock,
    zones: options.ownerZones ?? DEFAULT_OWNER_ZONES,
    signal,
  });
  const named = <T extends { address: string | null }>(hop: T): T => ({
    ...hop,
    ...(hop.address === null ? undefined : owners.get(hop.address)),
  });
  const { hops, lostBetween, portBlockedAt } = search;
  return {
    ...search,
    hops: hops.map(named),
    lostBetween: lostBetween === null ? null : [named(lostBetween[0]), named(lostBetween[1])],
    portBlockedAt: portBlockedAt === null ? null : named(portBlockedAt),
  };
}
