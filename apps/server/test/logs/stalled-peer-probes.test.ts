/** A stalled outbound peer is probed by itself only where that is on, gently, once a day, and not against its will. */
import type { Finding, ProbeRequest } from "@mxray/contracts";
import { openStore } from "@mxray/store";
import { expect, it, vi } from "vitest";
import { settingsOfEnvironment } from "../../src/config/setting-definitions.ts";
import { LiveFeed } from "../../src/live-feed.ts";
import { Settings } from "../../src/live-settings.ts";
import { StalledPeerProbes } from "../../src/logs/findings/stalled-peer-probes.ts";

const stalls = (over: Partial<Finding> = {}): Finding => ({
  code: "log-outbound-stalls",
  severity: "critical",
  confidence: "likely",
  subject: { host: "mx.bad.example", address: "9.9.9.9", port: 25 },
  subjects: [over.subject ?? { host: "mx.bad.example", address: "9.9.9.9", port: 25 }],
  since: "2026-03-01T10:00:00.000Z",
  firstSeen: "2026-03-01T10:00:00.000Z",
  title: "…",
  summary: "…",
  absorbs: [],
  evidence: [],
  remedies: [],
  ...over,
});

async function peerProbes(env: Record<string, string>) {
  const store = await openStore({ path: ":memory:" });
  const feed = new LiveFeed();
  const asked: ProbeRequest[] = [];
  const queue = {
    async submit(request: ProbeRequest) {
      asked.push(request);
      return await store.probes.create({ target: request.target, request, createdAt: new Date().toISOString(), previousId: null });
    },
  };
  const settings = await Settings.open({ environment: settingsOfEnvironment(env), store, feed });
  const deps = { settings, store, queue: queue as never, feed };
  return { ...deps, asked, probes: new StalledPeerProbes(deps) };
}

it("probes by itself only where that was turned on", async () => {
  for (const env of [{}, { MXRAY_LOG_PROBING: "ask" }, { MXRAY_LOG_PROBING: "off" }]) {
    const { probes, asked } = await peerProbes(env);
    await probes.consider([stalls()]);
    expect(asked).toEqual([]);
  }
});

it("begins and stops as soon as that is said", async () => {
  const { probes, asked, settings } = await peerProbes({});
  await settings.change({ logProbing: "on" });
  await probes.consider([stalls()]);
  expect(asked).toHaveLength(1);
  await settings.change({ logProbing: "ask" });
  await probes.consider([stalls({ subject: { host: null, address: "8.8.8.8", port: 25 } })]);
  expect(asked).toHaveLength(1);
});

it("probes an outbound peer once a day, as a host, without a DATA ladder", async () => {
  const { probes, asked } = await peerProbes({ MXRAY_LOG_PROBING: "on" });
  await probes.consider([stalls(), stalls({ code: "log-size-correlated" })]);
  await probes.consider([stalls()]);
  expect(asked).toEqual([{ target: "9.9.9.9", noMx: true, dataLadder: false }]);
});

it("leaves alone clients, suspicions, troubles of this server, and what the policy forbids", async () => {
  const { probes, asked } = await peerProbes({ MXRAY_LOG_PROBING: "on", MXRAY_DO_NOT_PROBE: "8.8.8.8" });
  await probes.consider([
    stalls({ code: "log-inbound-stalls" }),
    stalls({ confidence: "suspected" }),
    stalls({ subject: { host: null, address: null, port: null } }),
    stalls({ subject: { host: null, address: "8.8.8.8", port: 25 } }),
    stalls({ subject: { host: null, address: "10.0.0.1", port: 25 } }),
    stalls({ subject: { host: null, address: "9.9.9.9", port: 10_024 } }),
  ]);
  expect(asked).toEqual([]);
});

const refused = {
  status: "done",
  finishedAt: new Date().toISOString(),
  observation: { hosts: [{ stages: [{ reply: { code: 554, lines: ["no mail service"] } }] }] } as never,
  findings: [],
  fixed: [],
  verdict: null,
  error: null,
} as const;

it.each(["the same process", "another process", "nobody"] as const)(
  "never probes again who answered 421 or 554, as %s saw",
  async (watcher) => {
    const { probes, asked, store, feed, settings, queue } = await peerProbes({ MXRAY_LOG_PROBING: "on" });
    await probes.consider([stalls()]);
    const { id } = (await store.probes.list({ limit: 1 })).probes[0] ?? { id: "" };
    const later = watcher === "the same process" ? probes : new StalledPeerProbes({ settings, store, queue, feed });
    const controller = new AbortController();
    const watching = watcher === "nobody" ? Promise.resolve() : later.watch(controller.signal);
    await store.probes.finish(id, refused);
    const probe = (await store.probes.get(id))?.summary;
    if (probe === undefined) throw new Error("The probe is gone.");
    feed.changed(probe);
    if (watcher !== "nobody")
      await vi.waitFor(async () => expect((await store.logs.peerProbe("9.9.9.9"))?.refusedAt).not.toBeNull(), { timeout: 10_000 });
    controller.abort();
    await watching;
    await store.logs.notePeerProbe("9.9.9.9", "2026-01-01T00:00:00.000Z", id);
    await later.consider([stalls()]);
    expect(asked).toHaveLength(1);
  },
);
