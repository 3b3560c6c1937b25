/** Who is the same peer of a log, for every engine of the store. */
import type { LogCount } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, count, event, logSteps, peer, RANGE, START } from "./log-suite-data.ts";

export function logPeerSuite(store: () => Store): void {
  const { source, commit } = logSteps(store);

  it("knows a peer by its address, whether a line has its name or not", async () => {
    const { logs } = store();
    const { id } = await source();
    const client = (name: string | null, address: string) => peer({ name, address, port: null, direction: "inbound" });
    const [one, other, third] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"] as const;
    // The name comes later, came before, and comes in the same batch.
    await commit(id, 0, { counts: [count("sent", { peer: client(null, one) }), count("sent", { peer: client("b.example", other) })] });
    const both = [client(null, third), client("c.example", third)];
    await commit(id, 1, {
      counts: [client("a.example", one), client(null, other), ...both].map((each) => count("sent", { peer: each })),
    });
    await commit(id, 2, { counts: [count("sent", { peer: client(null, one) }), count("sent", { peer: client("a2.example", one) })] });
    const { peers } = await logs.statistics(RANGE);
    expect(peers.map(({ name, address, sent }) => `${name} ${address} ${sent}`).sort()).toEqual([
      `a.example ${one} 3`,
      `a2.example ${one} 1`,
      `b.example ${other} 2`,
      `c.example ${third} 2`,
    ]);
  });

  it("tells peers apart by name, address and port, and a server without a name is no other with its address", async () => {
    const { logs } = store();
    const { id } = await source();
    const peers = [peer(), peer({ port: 587 }), peer({ port: null }), peer({ name: null }), peer({ name: "other.example.test" })];
    await commit(id, 0, { counts: peers.map((each, index) => count("sent", { peer: each, count: index + 1 })) });
    const { peers: stored } = await logs.statistics(RANGE);
    expect(stored.map(({ name, port, sent }) => [name, port, sent])).toEqual(
      peers.map(({ name, port }, index) => [name, port, index + 1]).reverse(),
    );
  });

  it("takes back what a line counted for before its peer's port was known, with its example", async () => {
    const { logs } = store();
    const { id } = await source();
    const [open, known] = [peer({ port: null }), peer({ port: 587 })];
    const stall = (over: Partial<LogCount>) => count("timeout body", { least: START, most: START, ...over });
    await commit(id, 0, {
      counts: [stall({ peer: open, note: "held 0" }), stall({ peer: open, note: "held 1", least: START + 9, most: START + 9 })],
      events: [{ peer: open, event: event({ event: "timeout", status: null }) }],
    });
    expect((await logs.statistics(RANGE)).peers).toMatchObject([{ port: null, stalled: 2, lastStalled: "2026-03-01T10:00:09.000Z" }]);
    await commit(id, 1, {
      counts: [
        stall({ peer: open, note: "held 1", least: START + 9, most: START + 9, count: -1 }),
        stall({ peer: known, least: START + 9, most: START + 9 }),
      ],
      moves: [{ queueId: "ABCDEF12", time: AT, from: open, to: known }],
    });
    const { peers } = await logs.statistics(RANGE);
    expect(peers.map(({ port, stalled, lastStalled, examples }) => [port, stalled, lastStalled, examples.stalled.length])).toEqual([
      [null, 1, AT, 0],
      [587, 1, "2026-03-01T10:00:09.000Z", 1],
    ]);
    expect((await logs.outcomes(RANGE, 3600)).map(({ key, count: sum }) => [key, sum])).toEqual([["stalled", 2]]);
  });

  it("finds a peer by its name however a log or the request writes it", async () => {
    const { logs } = store();
    const { id } = await source();
    await commit(id, 0, { counts: [count("sent", { peer: peer({ name: "ASPMX.L.Example", address: "198.51.100.1" }) })] });
    for (const host of ["aspmx.l.example", "ASPMX.L.Example", "198.51.100.1"]) {
      expect(await logs.peers({ host, limit: 10 }), host).toMatchObject([{ name: "ASPMX.L.Example" }]);
    }
    expect(await logs.peers({ host: "l.example", limit: 10 })).toEqual([]);
  });
}
