import { expect, test } from "vitest";
import { topologyOf } from "./topology.ts";

test("two routers make three links, in order from the client", () => {
  const { nodes, links } = topologyOf({ links: [{}, { mtu: 1400 }] });
  expect(nodes.map((node) => node.name)).toEqual(["client", "r1", "r2", "server"]);
  expect(links.map((link) => link.mtu)).toEqual([1500, 1400, 1500]);
  expect(nodes.map((node) => node.forwards)).toEqual([false, true, true, false]);
});

test("every node has a route to every link, and no two nodes share an address", () => {
  const { nodes, links } = topologyOf({ routers: 5, serverAddresses: 3 });
  for (const node of nodes) {
    const covered = node.routes.map((route) => route.to.v4);
    if (!covered.includes("0.0.0.0/0")) expect(covered.toSorted(), node.name).toEqual(links.map((link) => link.prefix.v4).toSorted());
  }
  const all = nodes.flatMap((node) => node.ports.flatMap((port) => port.addresses.flatMap(({ v4, v6 }) => [v4, v6])));
  expect(new Set(all).size).toBe(all.length);
});

test("options out of range are refused", () => {
  expect(() => topologyOf({ routers: 0 })).toThrow(RangeError);
  expect(() => topologyOf({ routers: 6 })).toThrow(RangeError);
  expect(() => topologyOf({ links: [{}, {}, {}, {}] })).toThrow("3 links");
  expect(() => topologyOf({ links: [{ mtu: 67 }] })).toThrow("mtu");
});
