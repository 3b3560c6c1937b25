import type { ProbeObservation } from "@mxray/contracts";
import type { ProbeRunner } from "@mxray/probe";
import { describe, expect, it } from "vitest";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

/** A resolver that knows no name but those that it is given. */
const resolving =
  (known: ReadonlySet<string>): ProbeRunner =>
  async ({ target, vantage }) => {
    const exists = known.has(target.host);
    const observation: ProbeObservation = {
      schema: "mxray.probe/1",
      target: target.input,
      vantage,
      startedAt: new Date().toISOString(),
      durationMs: 1,
      resolution: exists
        ? { kind: "null-mx", records: [], error: null, failure: null, unresolved: [] }
        : { kind: "none", records: [], error: "There is no such name.", failure: "no-such-name", unresolved: [] },
      hosts: [],
      controls: [],
      ended: null,
    };
    return observation;
  };

const probe = async (server: TestServer, target: string) => {
  const asked = await server.app.inject({ method: "POST", url: "/api/v1/probes", headers: server.headers, payload: { target } });
  return await ended(server, asked.json().id);
};
const kept = async ({ store }: TestServer) =>
  (await store.findings.list({ limit: 9 })).findings.map(({ finding, subject }) => [finding.code, subject.host]);

describe("a name that does not exist", () => {
  it("is an answer to whoever typed it, and no alarm", async () => {
    await using server = await startTestServer({ env: LOOPBACK, runProbe: resolving(new Set()) });
    for (let time = 0; time < 2; time += 1) {
      const { report } = await probe(server, "exmaple.test");
      expect(report.findings).toMatchObject([{ code: "no-mail-host", severity: "critical" }]);
    }
    expect(await kept(server)).toEqual([]);
    const wall = (await server.app.inject({ url: "/api/v1/wall", headers: server.headers })).json();
    expect(wall.troubles).toEqual([]);
  });

  it("is an alarm where it existed before, where it is watched, and where mail goes there", async () => {
    const known = new Set(["expired.test"]);
    await using server = await startTestServer({ env: LOOPBACK, runProbe: resolving(known) });
    await probe(server, "expired.test");
    known.clear();
    await probe(server, "expired.test");
    expect(await kept(server)).toEqual([["no-mail-host", "expired.test"]]);

    const at = new Date().toISOString();
    await server.store.watches.put({ target: "watched.test", request: { target: "watched.test" }, createdAt: at, dueAt: "2099-01-01" }, 9);
    await probe(server, "watched.test");
    const source = await server.store.logs.addSource("/var/log/mail.log", "page", at);
    const peer = { name: "mx1.mailed.test", address: "192.0.2.9", port: 25, direction: "outbound", reach: "network" } as const;
    const start = Math.floor(Date.now() / 60_000) * 60 - 600;
    const sent = { start, peer, measure: "sent", note: "", value: 0, count: 1, least: 900, most: 900 } as const;
    const batch = { lines: 1, recognised: 1, counts: [sent], events: [], memories: [], moves: [], firstLineAt: at, lastLineAt: at };
    await server.store.logs.commit(source?.id ?? 0, batch, { revision: 0, position: null });
    await probe(server, "mailed.test");
    await probe(server, "unmailed.test");
    expect((await kept(server)).toSorted()).toEqual([
      ["no-mail-host", "expired.test"],
      ["no-mail-host", "mailed.test"],
      ["no-mail-host", "watched.test"],
    ]);
  });
});
