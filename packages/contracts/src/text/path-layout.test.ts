import { expect, it } from "vitest";
import type { Hop, HopOwner, PathObservation } from "../probes/path-observation.ts";
import { pathLayout } from "./path-layout.ts";

const hop = (ttl: number, address: string | null, final = false): Hop => ({
  ttl,
  address,
  addresses: address === null ? [] : [address],
  small: address === null ? "silent" : "reply",
  large: "silent",
  largeMtu: null,
  ms: null,
  name: null,
  as: null,
  method: "udp",
  final,
});
const owner = (ttl: number): HopOwner => ({ ttl, address: null, name: null, as: null });
const HOPS = [hop(1, "192.0.2.1"), hop(2, null), hop(3, "198.51.100.6"), hop(4, "203.0.113.1", true)];
const layout = (lostBetween: PathObservation["lostBetween"], verdict: "black-hole" | "clear" = "black-hole") => {
  const { before, within, behind, ...rest } = pathLayout({
    localMtu: 1500,
    outbound: { verdict, mtu: verdict === "clear" ? 1500 : 1400 },
    hops: HOPS,
    lostBetween,
  });
  return { ...rest, ttls: [before, within, behind].map((hops) => hops.map(({ ttl }) => ttl)) };
};

it("divides the way where packets become too big; silent routers belong to the break", () => {
  expect(layout([owner(1), owner(3)])).toEqual({
    broken: true,
    placed: true,
    passesBefore: 1500,
    passes: 1400,
    ttls: [[1], [2], [3]],
  });
  expect(layout([owner(3), owner(4)])).toMatchObject({ passesBefore: 1500, ttls: [[1, 2, 3], [], []] });
});

it("right behind us nothing tells what passes before the break", () => {
  expect(layout([owner(0), owner(1)])).toMatchObject({ placed: true, passesBefore: null, ttls: [[], [], [1, 2, 3]] });
});

it("without a known place, or a break, all routers stand in one row", () => {
  expect(layout(null)).toMatchObject({ broken: true, placed: false, ttls: [[1, 2, 3], [], []] });
  expect(layout(null, "clear")).toMatchObject({ broken: false, placed: false, passes: 1500, ttls: [[1, 2, 3], [], []] });
});
