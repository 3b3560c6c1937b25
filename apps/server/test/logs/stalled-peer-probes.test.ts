/** A stalled outbound peer is probed by itself only where that is on, gently, once a day, and not against its will. */
import type { Finding, LiveDelivery, ProbeRequest } from "@mxray/contracts";
import { openStore } from "@mxray/store";
import { describe, expect, it, vi } from "vitest";
import { settingsOfEnvironment } from "../../src/config/setting-definitions.ts";
import type { LiveFeed } from "../../src/live-feed.ts";
import { Settings } from "../../src/live-settings.ts";
import { StalledPeerProbes } from "../../src/logs/findings/stalled-peer-probes.ts";
import { HostPace } from "../../src/probing/host-pace.ts";
import { ProbeWork } from "../../src/probing/probe-work.ts";
import type { Probes } from "../../src/probing/probes.ts";
import { WorkHealth } from "../../src/work-health.ts";
import { FEEDS } from "../feeds.ts";

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

const stalling = (over: Partial<LiveDelivery> = {}): LiveDelivery => ({
  ...{ id: "1", direction: "outbound", peer: { address: "9.9.9.9", port: 25 }, mailPort: 25, sendMss: 1448, receiveMss: 536 },
  ...{ pathMtu: 1500, bytesAcked: 400, bytesReceived: 300, inFlight: 2896, unsent: 0, unread: 0, heldBack: false, laterArrived: true },
  ...{ timeouts: 8, backoff: 8, rtoMs: 52_224, state: "stalled", stall: "unacknowledged", forMs: 31_000 },
  ...over,
});

async function peerProbes(env: Record<string, string>, newFeed: () => LiveFeed) {
  const store = await openStore({ path: ":memory:" });
  const feed = newFeed();
  const asked: ProbeRequest[] = [];
  const probes: Pick<Probes, "submitOnce"> = {
    async submitOnce(request, claim) {
      const probe = { target: request.target, request, createdAt: new Date().toISOString(), previousId: null };
      const admitted = await store.probes.admit(probe, { unended: 99, deliveries: { since: "", perRecipient: 0, overall: 0 } }, claim);
      if (typeof admitted === "string") return null;
      asked.push(request);
      return admitted;
    },
  };
  const settings = await Settings.open({ environment: settingsOfEnvironment(env), store, feed });
  const newProcess = () => new StalledPeerProbes({ settings, probes });
  return { store, feed, settings, asked, newProcess, probes: newProcess() };
}

describe.each(FEEDS)("with $feed", ({ newFeed }) => {
  it("probes by itself only where that was turned on", async () => {
    for (const env of [{}, { MXRAY_LOG_PROBING: "ask" }, { MXRAY_LOG_PROBING: "off" }]) {
      const { probes, asked } = await peerProbes(env, newFeed);
      await probes.consider([stalls()]);
      expect(asked).toEqual([]);
    }
  });

  it("begins and stops as soon as that is said", async () => {
    const { probes, asked, settings } = await peerProbes({}, newFeed);
    await settings.change({ logProbing: "on" });
    await probes.consider([stalls()]);
    expect(asked).toHaveLength(1);
    await settings.change({ logProbing: "ask" });
    await probes.consider([stalls({ subject: { host: null, address: "8.8.8.8", port: 25 } })]);
    expect(asked).toHaveLength(1);
  });

  it("probes a strong suspicion, after what is surer, and no weak one", async () => {
    const suspicion = (address: string, data: Record<string, unknown>) =>
      stalls({
        confidence: "suspected",
        subject: { host: null, address, port: 25 },
        evidence: [{ at: "2026-03-01T10:00:00.000Z", source: "log", text: "…", data }],
      });
    const { probes, asked } = await peerProbes({ MXRAY_LOG_PROBING: "on" }, newFeed);
    await probes.consider([
      suspicion("9.9.9.1", { stalls: 4, chance: 1e-9 }),
      suspicion("9.9.9.2", { stalls: 40, chance: 0.01 }),
      suspicion("9.9.9.3", { stalls: 5, chance: 1e-4 }),
      stalls(),
    ]);
    expect(asked.map(({ target }) => target)).toEqual(["9.9.9.9", "9.9.9.3"]);
  });

  it("probes an outbound peer once a day, as a host, without a DATA ladder", async () => {
    const { probes, asked } = await peerProbes({ MXRAY_LOG_PROBING: "on" }, newFeed);
    await probes.consider([stalls(), stalls({ code: "log-size-correlated" })]);
    await probes.consider([stalls()]);
    expect(asked).toEqual([{ target: "9.9.9.9", noMx: true, dataLadder: false }]);
  });

  it("leaves alone clients, suspicions, troubles of this server, and what the policy forbids", async () => {
    const { probes, asked } = await peerProbes({ MXRAY_LOG_PROBING: "on", MXRAY_DO_NOT_PROBE: "8.8.8.8" }, newFeed);
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

  it("probes what stalls now from the machine on which it stalls, once a day, and only where that is on", async () => {
    const { probes, asked, settings } = await peerProbes({ MXRAY_DO_NOT_PROBE: "8.8.8.8" }, newFeed);
    const live = [
      stalling(),
      stalling({ id: "2", sendMss: 536 }),
      stalling({ peer: { address: "2a00:1450::1", port: 25 } }),
      stalling({ peer: { address: "9.9.9.1", port: 40_000 }, direction: "inbound" }),
      stalling({ peer: { address: "9.9.9.2", port: 25 }, stall: "window-closed" }),
      stalling({ peer: { address: "9.9.9.3", port: 25 }, stall: "gap" }),
      stalling({ peer: { address: "8.8.8.8", port: 25 } }),
      stalling({ peer: { address: "10.0.0.1", port: 25 } }),
    ];
    await probes.considerLive(live, "mx1");
    expect(asked).toEqual([]);
    await settings.change({ logProbing: "on" });
    await probes.considerLive(live, "mx1");
    await probes.considerLive(live, "mx1");
    const gentle = { noMx: true, dataLadder: false };
    expect(asked).toEqual([
      { target: "9.9.9.9", ...gentle, vantage: "mx1" },
      { target: "[2a00:1450::1]:25", ...gentle, vantage: "mx1" },
    ]);
    await probes.considerLive([stalling({ peer: { address: "9.9.9.4", port: 587 } })], null);
    expect(asked.at(-1)).toEqual({ target: "9.9.9.4:587", ...gentle });
  });

  it("begins at most five probes of what stalls at one time", async () => {
    const { probes, asked } = await peerProbes({ MXRAY_LOG_PROBING: "on" }, newFeed);
    await probes.considerLive(
      Array.from({ length: 9 }, (_, index) => stalling({ peer: { address: `9.9.9.${index}`, port: 25 } })),
      null,
    );
    expect(asked).toHaveLength(5);
  });

  it("never probes again who answered 421 or 554, and any other after a day, however many processes look", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const { newProcess, asked, store, feed } = await peerProbes({ MXRAY_LOG_PROBING: "on" }, newFeed);
      const look = () => Promise.all([newProcess().consider([stalls(), stalls({ subject: other })]), newProcess().consider([stalls()])]);
      await look();
      expect(asked.map(({ target }) => target).toSorted()).toEqual(["8.8.8.8", "9.9.9.9"]);
      const consequences = { roundEnd: async () => null, ended: () => undefined, placeLeft: () => undefined };
      const work = new ProbeWork({
        health: new WorkHealth(),
        store,
        feed,
        consequences,
        vantages: null as never,
        settings: null as never,
        pace: new HostPace(0),
        onError: () => undefined,
      });
      for (const { id, target } of (await store.probes.list({ limit: 9 })).probes) {
        const code = target === "9.9.9.9" ? 554 : 250;
        const observation = {
          vantage: { name: "local" },
          resolution: { failure: null },
          controls: [],
          hosts: [{ address: target, stages: [{ reply: { code, lines: ["…"] } }] }],
        };
        await work.end(id, { status: "done", result: { observation: observation as never, findings: [], verdict: null }, error: null });
      }
      await look();
      expect(asked).toHaveLength(2);
      vi.setSystemTime(Date.now() + 25 * 3_600_000);
      await look();
      expect(asked.map(({ target }) => target).toSorted()).toEqual(["8.8.8.8", "8.8.8.8", "9.9.9.9"]);
    } finally {
      vi.useRealTimers();
    }
  });
});

const other = { host: null, address: "8.8.8.8", port: 25 };
