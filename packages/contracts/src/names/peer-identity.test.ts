import { expect, test } from "vitest";
import { countedPeer, isNamelessClient, peerIdentity } from "./peer-identity.ts";

const relay = { name: "relay.example.test", address: "192.0.2.8", port: 587, direction: "outbound" } as const;

test("direction, name, address and port each tell peers apart, and no port is not port 25", () => {
  const peers = [
    relay,
    { ...relay, port: 25 },
    { ...relay, port: null },
    { ...relay, address: "192.0.2.9" },
    { ...relay, address: null },
    { ...relay, name: null },
    { ...relay, direction: "inbound", port: null },
  ] as const;
  expect(new Set(peers.map(peerIdentity)).size).toBe(peers.length);
  expect(peerIdentity({ ...relay })).toBe(peerIdentity(relay));
});

test("a client's port is no part of it, and nobody in particular is no peer", () => {
  const named = { peer: { name: null, address: "192.0.2.8", port: 40_001 }, reach: "network" } as const;
  expect(countedPeer(named, "inbound")).toEqual({ name: null, address: "192.0.2.8", port: null, direction: "inbound", reach: "network" });
  expect(countedPeer(named, "outbound")?.port).toBe(40_001);
  expect(countedPeer({ ...named, peer: { name: null, address: null, port: 25 } }, "outbound")).toBeNull();
  expect(countedPeer(null, "inbound")).toBeNull();
});

test("only a client is known by its address when its name is not found", () => {
  expect(isNamelessClient({ name: null, address: "192.0.2.8", direction: "inbound" })).toBe(true);
  expect(isNamelessClient({ name: null, address: "192.0.2.8", direction: "outbound" })).toBe(false);
  expect(isNamelessClient({ name: "a.example.test", address: "192.0.2.8", direction: "inbound" })).toBe(false);
});
