import { Resolver } from "node:dns/promises";
import { expect, test } from "vitest";
import { dnsReverseName, startDnsServer } from "./dns-server.ts";

function resolverFor(address: string): Resolver {
  const resolver = new Resolver({ timeout: 150, tries: 1 });
  resolver.setServers([address]);
  return resolver;
}

test("answers what its zone holds", async () => {
  await using server = await startDnsServer({
    "example.test": {
      mx: [
        [10, "mx1.example.test"],
        [20, "mx2.example.test"],
      ],
    },
    "nomail.test": { mx: [[0, "."]] },
    "mx1.example.test": { a: ["203.0.113.1"], aaaa: ["2001:db8:ff::1"] },
    "alias.test": { cname: "mx1.example.test" },
    "2.0.192.origin.test": { txt: ["64500 | 192.0.2.0/24 | ZZ"] },
    [dnsReverseName("203.0.113.1")]: { ptr: ["mx1.example.test"] },
    [dnsReverseName("2001:db8:ff::1")]: { ptr: ["mx1.example.test"] },
  });
  const resolver = resolverFor(server.address);
  expect(await resolver.resolveMx("example.test")).toMatchObject([
    { priority: 10, exchange: "mx1.example.test" },
    { priority: 20, exchange: "mx2.example.test" },
  ]);
  expect(await resolver.resolveMx("nomail.test")).toMatchObject([{ priority: 0, exchange: "" }]);
  expect(await resolver.resolve4("alias.test")).toEqual(["203.0.113.1"]);
  expect(await resolver.resolve6("mx1.example.test")).toEqual(["2001:db8:ff::1"]);
  expect(await resolver.resolveTxt("2.0.192.origin.test")).toEqual([["64500 | 192.0.2.0/24 | ZZ"]]);
  expect(await resolver.reverse("203.0.113.1")).toEqual(["mx1.example.test"]);
  expect(await resolver.reverse("2001:db8:ff::1")).toEqual(["mx1.example.test"]);
  expect(server.questions).toContain("MX example.test");
});

test("fails as its zone says", async () => {
  await using server = await startDnsServer({
    "empty.test": {},
    "broken.test": "server-failure",
    "closed.test": "refused",
    "silent.test": "silent",
    "garbage.test": "garbage",
    "forged.test": "wrong-id",
    "slow.test": { a: ["203.0.113.1"], delayMs: 50 },
  });
  const failure = (name: string) =>
    resolverFor(server.address)
      .resolve4(name)
      .then(
        () => "answered",
        (error) => error.code,
      );
  expect(await failure("absent.test")).toBe("ENOTFOUND");
  expect(await failure("empty.test")).toBe("ENODATA");
  expect(await failure("broken.test")).toBe("ESERVFAIL");
  expect(await failure("closed.test")).toBe("EREFUSED");
  expect(await failure("slow.test")).toBe("answered");
  const silent = await Promise.all(["silent.test", "forged.test"].map(failure));
  expect(silent).toEqual(["ETIMEOUT", "ETIMEOUT"]);
  expect(["EBADRESP", "ETIMEOUT"]).toContain(await failure("garbage.test"));
});

test("listens on IPv6 too", async () => {
  await using server = await startDnsServer({ "host.test": { a: ["203.0.113.1"] } }, { host: "::1" });
  expect(await resolverFor(server.address).resolve4("host.test")).toEqual(["203.0.113.1"]);
});
