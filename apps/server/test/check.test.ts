/** "Check the fix": the same probe again, beside the earlier one, and what it proves gone. */

import type { Finding, FindingCode, ProbeObservation } from "@mxray/contracts";
import { ProbeDetail, SharedDiagnosis } from "@mxray/contracts/schemas";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { localProbeRunner } from "@mxray/probe";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { FINDINGS_PACE } from "../src/logs/findings/log-findings.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const post = ({ app, headers }: TestServer, url: string, payload: object = {}) => app.inject({ method: "POST", url, headers, payload });
const read = async ({ app, headers }: TestServer, url: string) => (await app.inject({ url, headers })).json();

describe("a check of the fix", () => {
  it("repeats the probe, marks what is proven gone and shows both side by side, also to whom it is shared with", async () => {
    const broken = await startMailHost(mailHostScript("pix-6"));
    const { port } = broken;
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(port), MXRAY_HELO: "probe.corp.example" } });
    const request = { target: `127.0.0.1:${port}`, recipient: "someone.private@example.com" };
    const first = await ended(server, (await post(server, "/api/v1/probes", request)).json().id);
    expect(first).toMatchObject({ previousId: null, comparison: null, fixes: [], verdict: { code: "smtp-fixup" } });

    // Nothing was mended yet.
    const early = await ended(server, (await post(server, `/api/v1/probes/${first.id}/check`)).json().id);
    expect(early).toMatchObject({ previousId: first.id, request, comparison: { findings: [{ code: "smtp-fixup", fate: "remains" }] } });
    expect((await read(server, `/api/v1/probes/${first.id}`)).fixes).toEqual([]);

    await broken.stop();
    await using _mended = await startMailHost(mailHostScript("healthy"), { port });
    const taken = await post(server, `/api/v1/probes/${first.id}/check`);
    expect(taken.statusCode).toBe(202);
    const check = await ended(server, taken.json().id);
    expect(Compile(ProbeDetail).Errors(check)).toEqual([]);
    expect(check).toMatchObject({
      previousId: first.id,
      verdict: { code: "healthy" },
      comparison: {
        before: { verdict: { code: "smtp-fixup" } },
        after: { verdict: { code: "healthy" } },
        findings: [{ code: "smtp-fixup", fate: "fixed" }],
        hosts: [{ address: "127.0.0.1", changes: expect.arrayContaining(["The greeting is not masked any more."]) }],
      },
    });
    const fix = { code: "smtp-fixup", subject: { address: "127.0.0.1", port }, at: check.finishedAt, probeId: check.id };
    expect((await read(server, `/api/v1/probes/${first.id}`)).fixes).toMatchObject([fix]);
    expect((await server.store.findings.ofProbe(first.id))[0]).toMatchObject({ state: "fixed", fixedBy: check.id });
    expect((await read(server, "/api/v1/probes")).probes[0]).toMatchObject({ id: check.id, previousId: first.id });

    const { token } = (await post(server, "/api/v1/links/diagnosis", { probeId: check.id })).json();
    const shared = (await server.app.inject({ url: `/d/${token}.json` })).json();
    expect(Compile(SharedDiagnosis).Errors(shared)).toEqual([]);
    expect(shared.comparison.findings).toMatchObject([{ fate: "fixed" }]);
    const markdown = (await server.app.inject({ url: `/d/${token}.md` })).body;
    expect(markdown).toContain("## Before and after");
    expect(markdown).toContain("The greeting is not masked any more");
    for (const text of [JSON.stringify(shared), markdown]) {
      expect(text).not.toContain("someone.private");
      expect(text).not.toContain("corp.example");
    }

    // What is forgotten cannot be compared with.
    await server.app.inject({ method: "DELETE", url: `/api/v1/probes/${first.id}`, headers: server.headers });
    expect(await read(server, `/api/v1/probes/${check.id}`)).toMatchObject({ previousId: first.id, comparison: null });
  });

  it("proves gone what only the log showed, and the report has what the log shows of its findings", async () => {
    await using host = await startMailHost(mailHostScript("healthy"));
    const { port } = host;
    // A probe without privileges may not get to see either direction: what it saw is given to it.
    let seen: (observation: ProbeObservation) => ProbeObservation = (observation) => observation;
    const run = localProbeRunner();
    await using server = await startTestServer({
      env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(port) },
      // The signs below are of no log: a round of log findings would take them for gone.
      findingsPace: FINDINGS_PACE,
      runProbe: async (options) => seen(await run(options)),
    });
    const first = await ended(server, (await post(server, "/api/v1/probes", { target: `127.0.0.1:${port}` })).json().id);
    const subject = { host: "mx.bad.example", address: "127.0.0.1", port };
    const sign = (code: FindingCode): Finding => ({
      code,
      severity: "critical",
      confidence: "proven",
      subject,
      subjects: [subject],
      since: "2026-01-01T00:00:00.000Z",
      firstSeen: "2026-01-01T00:00:00.000Z",
      title: code,
      summary: "…",
      absorbs: [],
      evidence: [
        { at: "2026-01-01T00:00:00.000Z", source: "log", text: "Messages of 1700 bytes stalled.", data: { threshold: [1200, 1700] } },
      ],
      remedies: [],
    });
    const times = { at: "2026-01-02T00:00:00.000Z", silentSince: "2026-01-01T00:00:00.000Z" };
    const record = (signAt: string, ...codes: FindingCode[]) =>
      server.store.findings.recordLog(
        codes.map((code) => ({ finding: sign(code), signAt, absorbedBy: null })),
        times,
      );
    await record(times.at, "log-size-correlated", "log-outbound-stalls");
    const states = async () =>
      Object.fromEntries((await server.store.findings.list({ limit: 9 })).findings.map((each) => [each.finding.code, each.state]));
    seen = (observation) => ({
      ...observation,
      hosts: observation.hosts.map((each) => ({
        ...each,
        path: {
          ...each.path,
          outbound: { ...each.path.outbound, verdict: "clear", limitedBy: "local-mtu", mtu: 1500 },
          inbound: { ...each.path.inbound, verdict: "clear" },
        },
      })),
    });
    const check = await ended(server, (await post(server, `/api/v1/probes/${first.id}/check`)).json().id);
    expect(await states()).toEqual({ "log-size-correlated": "fixed", "log-outbound-stalls": "open" });
    const fixed = (await server.store.findings.list({ limit: 9, code: "log-size-correlated" })).findings[0];
    expect(fixed).toMatchObject({ fixedBy: check.id });
    // A later stall opens it again.
    await record(new Date(Date.now() + 60_000).toISOString(), "log-size-correlated", "log-outbound-stalls");
    expect(await states()).toMatchObject({ "log-size-correlated": "open" });
  });

  it("shows in a probe's report what logs show of the same trouble", async () => {
    await using host = await startMailHost(mailHostScript("pix-6"));
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
    const probe = await ended(server, (await post(server, "/api/v1/probes", { target: `127.0.0.1:${host.port}` })).json().id);
    const [kept] = await server.store.findings.ofProbe(probe.id);
    if (kept === undefined) throw new Error("The probe found nothing.");
    const evidence = { at: "2026-01-01T00:00:00.000Z", source: "log" as const, text: "Enabling PIX workarounds, 7 times.", data: {} };
    const joined: Finding = { ...kept.finding, absorbs: ["log-pix-workarounds"], evidence: [...kept.finding.evidence, evidence] };
    const sign: Finding = { ...kept.finding, code: "log-pix-workarounds", absorbs: [], since: evidence.at, evidence: [evidence] };
    const at = new Date().toISOString();
    await server.store.findings.recordLog([{ finding: sign, signAt: at, absorbedBy: { id: kept.id, vantage: "local", finding: joined } }], {
      at,
      silentSince: at,
    });
    // It began when the log shows it first, on every page; when mxray found it is a second date.
    const { token } = (await post(server, "/api/v1/links/diagnosis", { probeId: probe.id })).json();
    const told = { since: evidence.at, firstSeen: kept.firstSeenAt };
    const shared = (await server.app.inject({ url: `/d/${token}.json` })).json();
    expect(shared.report.findings[0]).toMatchObject(told);
    // What a log says stays behind.
    expect(JSON.stringify(shared)).not.toContain(evidence.text);
    expect((await read(server, `/api/v1/probes/${probe.id}`)).report.findings[0]).toMatchObject(told);
    expect((await read(server, "/api/v1/findings")).findings[0]).toMatchObject({ sinceAt: evidence.at, firstSeenAt: kept.firstSeenAt });
    expect((await read(server, "/api/v1/wall")).troubles[0]).toMatchObject({ since: evidence.at });
    const report = await read(server, `/api/v1/probes/${probe.id}`);
    expect(Compile(ProbeDetail).Errors(report)).toEqual([]);
    expect(report.report.findings.filter(({ code }: Finding) => code === kept.finding.code)).toEqual([{ ...joined, since: evidence.at }]);
  });

  it("needs a result, and keeps the server's rules", async () => {
    await using host = await startMailHost(mailHostScript("silent"));
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
    const { id } = (await post(server, "/api/v1/probes", { target: `127.0.0.1:${host.port}` })).json();
    const tooEarly = await post(server, `/api/v1/probes/${id}/check`);
    expect(tooEarly.statusCode).toBe(409);
    expect(tooEarly.json()).toMatchObject({ error: { code: "nothing-to-check" } });
    await post(server, `/api/v1/probes/${id}/cancel`);
    expect((await post(server, "/api/v1/probes/none/check")).statusCode).toBe(404);

    await using strict = await startTestServer({ env: {}, store: server.store });
    const refused = await post(strict, `/api/v1/probes/${id}/check`);
    expect(refused.json()).toMatchObject({ error: { code: "port-not-allowed" } });
  });
});

describe("the end-of-data test", () => {
  it("delivers two messages once, is told in list and detail, and never by a check", async () => {
    await using host = await startMailHost(mailHostScript("split-end-of-data-unmasked"));
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
    const deliverTo = "me@example.test";
    const body = { target: `127.0.0.1:${host.port}`, deliverTo, deliverConfirmed: deliverTo };
    const { id } = (await post(server, "/api/v1/probes", body)).json();
    await post(server, `/api/v1/probes/${id}/cancel`);
    expect((await read(server, "/api/v1/probes")).probes[0]).toMatchObject({ id, deliverTo });
    const check = (await post(server, `/api/v1/probes/${id}/check`)).json();
    expect(check).toMatchObject({ previousId: id, deliverTo: null });
    const probe = await ended(server, check.id);
    expect(probe.request).toEqual({ target: body.target });
    expect(probe.report.hosts[0].endOfData).toMatchObject({ whole: "not-tested", recipient: null });
  });

  it("is limited per recipient, whatever is forgotten meanwhile", async () => {
    await using server = await startTestServer({ config: { concurrency: 1 }, env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: "1" } });
    const ask = (deliverTo: string) => post(server, "/api/v1/probes", { target: "127.0.0.1:1", deliverTo, deliverConfirmed: deliverTo });
    for (let index = 0; index < 3; index += 1) {
      const taken = await ask("me@example.test");
      expect(taken.statusCode).toBe(202);
      await server.app.inject({ method: "DELETE", url: `/api/v1/probes/${taken.json().id}`, headers: server.headers });
    }
    const refused = await ask("Me@Example.test");
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({
      error: { code: "too-many-deliveries", message: expect.stringContaining("to Me@Example.test") },
    });
    expect((await ask("you@example.test")).statusCode).toBe(202);
    expect((await post(server, "/api/v1/probes", { target: "127.0.0.1:1" })).statusCode).toBe(202);
  });
});
