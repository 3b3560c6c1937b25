/** What the end of a probe and a change of settings set going is called: it happens with a feed that delivers nothing, too. */
import type { ProbeObservation } from "@mxray/contracts";
import { openStore, type Store } from "@mxray/store";
import { describe, expect, it } from "vitest";
import { FEEDS } from "./feeds.ts";
import { ended, startTestServer, type TestServer } from "./test-server.ts";

/** A log shows this peer stalling; nobody says that it did. */
async function stall(store: Store, address: string, sourceId: number, revision: number): Promise<void> {
  const start = Math.floor(Date.now() / 60_000) * 60 - 600;
  const peer = { name: null, address, port: 25, direction: "outbound", reach: "network" } as const;
  const count = { start, peer, measure: "timeout end-of-data", note: "", value: 0, count: 6, least: start, most: start + 30 } as const;
  const batch = {
    lines: 6,
    recognised: 6,
    counts: [count],
    events: [],
    memories: [],
    moves: [],
    firstLineAt: null,
    lastLineAt: new Date().toISOString(),
  };
  expect(await store.logs.commit(sourceId, batch, { revision, position: null })).toBe(true);
}

const change = ({ app, headers }: TestServer, payload: object) =>
  app.inject({ method: "PATCH", url: "/api/v1/settings", headers, payload });

describe.each(FEEDS)("with $feed", ({ newFeed }) => {
  it("log findings are computed at the start, after a probe and after a change of settings", { timeout: 150_000 }, async () => {
    const store = await openStore({ path: ":memory:" });
    const { id: source } = (await store.logs.addSource("/var/log/none.log", "page", new Date().toISOString())) ?? { id: 0 };
    await stall(store, "198.51.100.1", source, 0);
    await using server = await startTestServer({
      store,
      feed: newFeed(),
      runProbe: async ({ target, vantage }): Promise<ProbeObservation> => ({
        schema: "mxray.probe/1",
        target: target.input,
        vantage,
        startedAt: new Date().toISOString(),
        durationMs: 1,
        resolution: { kind: "address", records: [], error: null, failure: null, unresolved: [] },
        hosts: [],
        controls: [],
        ended: null,
      }),
    });
    const stalling = async () => (await store.findings.list({ limit: 9 })).findings.map(({ subject }) => subject.address).toSorted();
    await expect.poll(stalling, { timeout: 60_000 }).toEqual(["198.51.100.1"]);

    await stall(store, "198.51.100.2", source, 1);
    const { id } = (
      await server.app.inject({ method: "POST", url: "/api/v1/probes", headers: server.headers, payload: { target: "127.0.0.1" } })
    ).json();
    await ended(server, id);
    await expect.poll(stalling, { timeout: 60_000 }).toEqual(["198.51.100.1", "198.51.100.2"]);

    await stall(store, "198.51.100.3", source, 2);
    await change(server, { logDays: "30" });
    await expect.poll(stalling, { timeout: 60_000 }).toEqual(["198.51.100.1", "198.51.100.2", "198.51.100.3"]);
    await server.app.close();
    await store.close();
  });

  it("old probes are forgotten at the start, and as soon as a setting says that they are old", async () => {
    const store = await openStore({ path: ":memory:" });
    const day = 86_400_000;
    for (const days of [400, 100, 1]) {
      const createdAt = new Date(Date.now() - days * day).toISOString();
      const { id } = await store.probes.create({ target: `${days} days`, request: { target: "127.0.0.1" }, createdAt, previousId: null });
      await store.probes.finish(id, {
        status: "failed",
        finishedAt: createdAt,
        observation: null,
        findings: [],
        fixed: [],
        verdict: null,
        error: null,
      });
    }
    await using server = await startTestServer({ store, feed: newFeed() });
    const kept = async () => (await store.probes.list({ limit: 9 })).probes.map(({ target }) => target).toSorted();
    await expect.poll(kept).toEqual(["1 days", "100 days"]);
    await change(server, { probeDays: "30" });
    await expect.poll(kept).toEqual(["1 days"]);
    await server.app.close();
    await store.close();
  });
});
