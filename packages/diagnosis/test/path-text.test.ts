import type { Hop, HopOwner } from "@mxray/contracts";
import { expect, it } from "vitest";
import { pathText } from "../src/render/path-text.ts";
import { HOLE, type HostParts, hostOf } from "./observation.ts";

const hop = (ttl: number, ...addresses: string[]): Hop => ({
  ttl,
  address: addresses[0] ?? null,
  addresses,
  small: addresses.length === 0 ? "silent" : "reply",
  large: "silent",
  largeMtu: null,
  ms: null,
  name: null,
  as: null,
  method: "udp",
  final: addresses[0] === "203.0.113.25",
});
const owner = (ttl: number): HopOwner => ({ ttl, address: null, name: null, as: null });
const hops = [hop(1, "198.51.100.1"), hop(2), hop(3, "198.51.100.5", "198.51.100.9"), hop(4, "203.0.113.25")];
const text = (parts: HostParts) => pathText(hostOf(parts));

it("writes what passes on both sides of the break, and every address of a balanced hop", () => {
  expect(text({ ...HOLE, path: { hops, lostBetween: [owner(1), owner(3)] } })).toBe(
    "this machine --1500-- 198.51.100.1 --X more than 1400 lost X-- (silent) --X more than 1400 lost X-- 198.51.100.5 or 198.51.100.9 --1400-- 203.0.113.25",
  );
  expect(text({ ...HOLE, path: { hops, lostBetween: [owner(3), owner(4)] } })).toMatch(
    /198\.51\.100\.9 --X more than 1400 lost X-- 203\.0\.113\.25$/,
  );
});

it("says no more than is known", () => {
  expect(text({})).toBeNull();
  expect(text(HOLE)).toBe("this machine --X more than 1400 lost X-- 203.0.113.25");
  expect(text({ path: { hops: hops.slice(0, 1) } })).toBe("this machine --- 198.51.100.1 --- 203.0.113.25");
  expect(text({ inbound: { verdict: "black-hole", mtu: 1300 } })).toBe("on the way back packets of more than 1300 bytes are lost");
});
