import { dnsNibbles, startDnsServer } from "@mxray/lab";
import { expect, it } from "vitest";
import { findOwners, parseOwnerZones } from "../src/hops/hop-owners.ts";
import { systemClock } from "../src/node/clock.ts";
import { nodeResolver } from "../src/node/resolver.ts";

const ZONES = { origin4: "origin.example.test", origin6: "origin6.example.test", names: "as.example.test" };
const ZONE = {
  "2.100.51.198.in-addr.arpa": { ptr: ["r2.transit.example.test"] },
  "2.100.51.198.origin.example.test": { txt: ["64500 64501 | 198.51.100.0/24 | ZZ | test | 2026-01-01"] },
  [`${dnsNibbles("2001:db8:2::1")}.origin6.example.test`]: { txt: ["64502 | 2001:db8::/32 | ZZ | test | 2026-01-01"] },
  "as64500.as.example.test": { txt: ["64500 | ZZ | test | 2026-01-01 | TRANSIT - A carrier\u001b[31m, ZZ"] },
};

it("names routers and the networks that announce them, and asks nobody about private addresses", async () => {
  await using dns = await startDnsServer(ZONE);
  const ask = (zones: typeof ZONES | "off") =>
    findOwners(["198.51.100.2", "2001:db8:2::1", "10.0.0.1", "203.0.113.9"], {
      resolver: nodeResolver(dns.address),
      clock: systemClock,
      zones,
      signal: new AbortController().signal,
    });
  const owners = await ask(ZONES);
  expect(owners.get("198.51.100.2")).toMatchObject({ name: "r2.transit.example.test", as: { number: 64500 } });
  expect(owners.get("198.51.100.2")?.as?.name).toMatch(/^TRANSIT - A carrier.*, ZZ$/);
  expect(owners.get("198.51.100.2")?.as?.name).not.toContain("\u001b");
  expect(owners.get("2001:db8:2::1")).toEqual({ name: null, as: { number: 64502, name: "" } });
  expect(owners.get("203.0.113.9")).toEqual({ name: null, as: null });
  expect(owners.has("10.0.0.1")).toBe(false);
  expect(dns.questions.filter((question) => question.includes("10.0.0.1") || question.includes("1.0.0.10"))).toEqual([]);

  const before = dns.questions.length;
  expect((await ask("off")).get("198.51.100.2")).toEqual({ name: "r2.transit.example.test", as: null });
  expect(dns.questions.slice(before).every((question) => question.startsWith("PTR "))).toBe(true);
});

it("a name server that does not answer costs a second and no more", async () => {
  await using dns = await startDnsServer({ "2.100.51.198.in-addr.arpa": "silent", "2.100.51.198.origin.example.test": "silent" });
  const began = performance.now();
  const options = { resolver: nodeResolver(dns.address), clock: systemClock, zones: ZONES, signal: new AbortController().signal };
  await findOwners(["198.51.100.2"], options);
  expect(performance.now() - began).toBeLessThan(1500);
});

it.each([
  ["Origin.example.test, origin6.example.test,as.example.test.", ZONES],
  ["off", "off"],
  ["", null],
  ["on", null],
  ["origin.example.test,origin6.example.test", null],
  ["a.test,b.test,c.test,d.test", null],
  ["a.test,b c.test,d.test", null],
] as const)("MXRAY_OWNER_ZONES=%s", (text, zones) => {
  expect(parseOwnerZones(text)).toEqual(zones);
});
