/** A finding of the log and one of a probe about the same peer are one; and a sign that is told again opens nothing new. */
import type { Finding, FindingCode, Severity } from "@mxray/contracts";
import { openStore, type Store } from "@mxray/store";
import { describe, expect, it, vi } from "vitest";
import { Settings } from "../../src/live-settings.ts";
import { LogFindings } from "../../src/logs/findings/log-findings.ts";
import { WorkHealth } from "../../src/work-health.ts";
import { FEEDS } from "../feeds.ts";
import { QUICK_FINDINGS } from "../test-server.ts";

describe.each(FEEDS)("with $feed", ({ newFeed }) => {
  it("joins what the log shows with what a probe found", { timeout: 90_000 }, async () => {
    const store = await openStore({ path: ":memory:" });
    const seen: Finding[][] = [];
    const feed = newFeed();
    const findings = new LogFindings({
      health: new WorkHealth(),
      pace: QUICK_FINDINGS,
      settings: await Settings.open({ environment: {}, store, feed }),
      store,
      feed,
      onFindings: async (signs) => void seen.push([...signs]),
      onError: (error) => {
        throw error;
      },
    });
    const source = await store.logs.addSource("/var/log/mail.log", "page", new Date().toISOString());
    const start = Math.floor(Date.now() / 60_000) * 60 - 600;
    const peer = { name: "mx.bad.example", address: "198.51.100.9", port: 25, direction: "outbound", reach: "network" } as const;
    const stall = { start, peer, measure: "timeout end-of-data", note: "", value: 0, count: 6, least: start, most: start + 30 } as const;
    await store.logs.commit(
      source?.id ?? 0,
      {
        lines: 6,
        recognised: 6,
        counts: [stall],
        events: [],
        memories: [],
        moves: [],
        firstLineAt: null,
        lastLineAt: new Date().toISOString(),
      },
      { revision: 0, position: null },
    );
    await findings.refresh();
    expect(seen[0]?.map(({ code }) => code)).toContain("log-outbound-stalls");
    const [sign, ...more] = (await store.findings.list({ limit: 10 })).findings;
    expect(more).toEqual([]);
    expect(sign).toMatchObject({ finding: { code: "log-outbound-stalls" } });
    // It is as old as its first sign, which is older than its last.
    expect([sign?.sinceAt, sign?.lastSeenAt].map((at) => Date.parse(at ?? "") / 1000)).toEqual([start, start + 30]);

    const { id } = await store.probes.create({
      target: "mx",
      request: { target: "mx" },
      createdAt: new Date().toISOString(),
      previousId: null,
    });
    const hole: Finding = {
      ...(seen[0]?.[0] as Finding),
      code: "pmtu-black-hole",
      since: new Date().toISOString(),
      evidence: [],
      remedies: [],
    };
    await store.probes.finish(id, {
      status: "done",
      finishedAt: new Date().toISOString(),
      observation: null,
      findings: [hole],
      fixed: [],
      verdict: null,
      error: null,
    });
    // The end of the probe is enough: the log need not move.
    findings.start();
    findings.touched();
    await vi.waitFor(async () => expect((await store.findings.list({ limit: 10 })).findings).toHaveLength(1), { timeout: 60_000 });
    await findings.stop();
    for (let round = 0; round < 2; round += 1) {
      await findings.refresh();
      const [only, ...others] = (await store.findings.list({ limit: 10 })).findings;
      expect(others).toEqual([]);
      expect(only?.finding).toMatchObject({ code: "pmtu-black-hole", absorbs: ["log-outbound-stalls"] });
      expect(only?.finding.evidence).toHaveLength(seen[0]?.[0]?.evidence.length ?? 0);
      // It began with the log's first stall, whenever a probe met it.
      expect([only?.sinceAt, only?.finding.since].map((at) => Date.parse(at ?? "") / 1000)).toEqual([start, start]);
    }
    await store.close();
  });

  it("joins them however many worse findings there are", async () => {
    const store = await openStore({ path: ":memory:" });
    const feed = newFeed();
    const settings = await Settings.open({ environment: {}, store, feed });
    const findings = new LogFindings({
      health: new WorkHealth(),
      pace: QUICK_FINDINGS,
      settings,
      store,
      feed,
      onFindings: async () => undefined,
      onError: () => undefined,
    });
    const now = new Date().toISOString();
    const of = (code: FindingCode, severity: Severity, address: string): Finding => ({
      code,
      severity,
      confidence: "proven",
      subject: { host: null, address, port: 25 },
      subjects: [{ host: null, address, port: 25 }],
      since: now,
      firstSeen: now,
      title: "",
      summary: "",
      absorbs: [],
      evidence: [],
      remedies: [],
    });
    const worse = Array.from({ length: 2000 }, (_, n) => of("log-outbound-stalls", "critical", `192.0.${n >> 8}.${n & 255}`));
    await store.findings.recordLog(
      worse.map((finding) => ({ finding, signAt: now, absorbedBy: null })),
      { at: now, silentSince: now },
    );
    const { id } = await store.probes.create({ target: "mx", request: { target: "mx" }, createdAt: now, previousId: null });
    const fixup = of("smtp-fixup", "warning", "198.51.100.9");
    const done = { status: "done", finishedAt: now, observation: null, fixed: [], verdict: null, error: null } as const;
    await store.probes.finish(id, { ...done, findings: [fixup] });
    const source = await store.logs.addSource("/var/log/mail.log", "page", now);
    const start = Math.floor(Date.now() / 60_000) * 60 - 600;
    const peer = { name: null, address: "198.51.100.9", port: 25, direction: "outbound", reach: "network" } as const;
    const pix = { start, peer, measure: "pix", note: "delay_dotcrlf", value: 0, count: 1, least: null, most: null } as const;
    await store.logs.commit(
      source?.id ?? 0,
      { lines: 1, recognised: 1, counts: [pix], events: [], memories: [], moves: [], firstLineAt: null, lastLineAt: now },
      { revision: 0, position: null },
    );
    await findings.refresh();
    const { findings: about } = await store.findings.list({ limit: 10, address: "198.51.100.9" });
    expect(about).toMatchObject([{ finding: { code: "smtp-fixup", absorbs: ["log-pix-workarounds"] } }]);
    await store.close();
  });

  it("is no sign of a PIX that a log goes on without one", async () => {
    const store = await openStore({ path: ":memory:" });
    const feed = newFeed();
    const settings = await Settings.open({ environment: {}, store, feed });
    const findings = new LogFindings({
      health: new WorkHealth(),
      pace: QUICK_FINDINGS,
      settings,
      store,
      feed,
      onFindings: async () => undefined,
      onError: () => undefined,
    });
    const source = await store.logs.addSource("/var/log/mail.log", "page", new Date().toISOString());
    const start = Math.floor(Date.now() / 60_000) * 60 - 600;
    const peer = { name: null, address: "198.51.100.9", port: 25, direction: "outbound", reach: "network" } as const;
    const pix = { start, peer, measure: "pix", note: "delay_dotcrlf", value: 0, count: 1, least: start + 20, most: start + 30 } as const;
    const batch = {
      lines: 1,
      recognised: 1,
      counts: [pix],
      events: [],
      memories: [],
      moves: [],
      firstLineAt: null,
      lastLineAt: new Date().toISOString(),
    };
    await store.logs.commit(source?.id ?? 0, batch, { revision: 0, position: null });
    await findings.refresh();
    const at = (seconds: number) => new Date(seconds * 1000).toISOString();
    expect((await store.findings.list({ limit: 9 })).findings).toMatchObject([
      { finding: { code: "log-pix-workarounds" }, sinceAt: at(start + 20), lastSeenAt: at(start + 30) },
    ]);
    await store.close();
  });

  it("tries a round that failed again while nothing else happens", async () => {
    const store = await openStore({ path: ":memory:" });
    const feed = newFeed();
    let attempts = 0;
    const recordLog: Store["findings"]["recordLog"] = async (...record) => {
      attempts += 1;
      if (attempts === 1) throw new Error("database is locked");
      return await store.findings.recordLog(...record);
    };
    const errors: unknown[] = [];
    const findings = new LogFindings({
      health: new WorkHealth(),
      pace: QUICK_FINDINGS,
      settings: await Settings.open({ environment: {}, store, feed }),
      store: { ...store, findings: { ...store.findings, recordLog } },
      feed,
      onFindings: async () => undefined,
      onError: (error) => errors.push(error),
    });
    findings.start();
    await expect.poll(() => attempts).toBe(2);
    await findings.stop();
    expect(errors).toHaveLength(1);
    await store.close();
  });
});
