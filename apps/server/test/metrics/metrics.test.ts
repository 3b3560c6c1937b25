import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FINDING_CODES, LOG_OUTCOMES, MAIL_STAGES, PATH_VERDICTS, SERVER_WORKS, STAGE_OUTCOMES, STAGES } from "@mxray/contracts";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { openStore, StoreError } from "@mxray/store";
import { expect, it } from "vitest";
import { WorkHealth } from "../../src/work-health.ts";
import { stallingLog } from "../logs/test-log.ts";
import { signInAs, tokenFor } from "../people.ts";
import { LOOPBACK, startTestServer, type TestServer } from "../test-server.ts";
import { samplesOf, valuesOf } from "./metric-text.ts";

/** A round every 300 ms. */
const QUICK = { minuteMs: 20 };

async function scraperOf(server: TestServer) {
  const { headers } = await tokenFor(server, ["metrics"]);
  return async () => {
    // What was read within a second is read once.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const answer = await server.app.inject({ url: "/metrics", headers });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    return answer.body;
  };
}

async function until(read: () => Promise<string>, holds: (text: string) => boolean): Promise<string> {
  for (let turn = 0; ; turn += 1) {
    const text = await read();
    if (holds(text)) return text;
    if (turn > 60) throw new Error(`It never held:\n${text}`);
  }
}

it("counts every code from the start, and reports on the process", async () => {
  await using server = await startTestServer();
  const text = await (await scraperOf(server))();
  const findings = valuesOf(text, "mxray_findings");
  expect(new Set(findings.map(({ labels }) => labels.code))).toEqual(new Set(FINDING_CODES));
  expect(findings.every(({ value }) => value === 0)).toBe(true);
  expect(valuesOf(text, "mxray_work_failing").map(({ labels }) => labels.work)).toEqual(SERVER_WORKS);
  for (const name of ["nodejs_eventloop_lag_p99_seconds", "process_resident_memory_bytes", "mxray_store_size_bytes"]) {
    expect(valuesOf(text, name)[0]?.value).toBeGreaterThan(0);
  }
  expect(valuesOf(text, "mxray_store_up")[0]?.value).toBe(1);
  expect(valuesOf(text, "mxray_build_info", { version: "0.0.0" })).toHaveLength(1);
  expect(valuesOf(text, "mxray_probes_unended").map(({ labels, value }) => [labels.status, value])).toEqual([
    ["queued", 0],
    ["running", 0],
  ]);
});

it("shows each mail host of a watched target, what is wrong with it and where to read why; no other target's", async () => {
  await using host = await startMailHost(mailHostScript("asa"));
  await using other = await startMailHost(mailHostScript("asa"));
  const env = { ...LOOPBACK, MXRAY_ALLOW_PORTS: `${host.port},${other.port}`, MXRAY_PUBLIC_URL: "https://mxray.example.com" };
  await using server = await startTestServer({ env, ...QUICK });
  const { app, headers } = server;
  const target = `127.0.0.1:${host.port}`;
  await app.inject({ method: "PUT", url: "/api/v1/watches", headers, payload: { target } });
  await app.inject({ method: "POST", url: "/api/v1/probes", headers, payload: { target: `127.0.0.1:${other.port}` } });
  const scrape = await scraperOf(server);
  const text = await until(
    scrape,
    (body) =>
      valuesOf(body, "mxray_finding_info").length > 0 &&
      (valuesOf(body, "mxray_findings", { code: "smtp-fixup", state: "open" })[0]?.value ?? 0) === 2,
  );
  const [finding, ...more] = valuesOf(text, "mxray_finding_info", { code: "smtp-fixup" });
  expect(more).toEqual([]);
  expect(finding?.labels).toMatchObject({ severity: "warning", state: "open", address: "127.0.0.1", port: String(host.port) });
  const id = /^https:\/\/mxray\.example\.com\/findings\/(\S+)$/.exec(finding?.labels.url ?? "")?.[1];
  expect((await app.inject({ url: `/api/v1/findings/${id}`, headers })).json().finding.code).toBe("smtp-fixup");

  expect(valuesOf(text, "mxray_target_verdict").map(({ labels }) => [labels.target, labels.code])).toEqual([[target, "smtp-fixup"]]);
  expect(valuesOf(text, "mxray_watched_targets")[0]?.value).toBe(1);
  expect(valuesOf(text, "mxray_probes_ended_total", { status: "done" })[0]?.value).toBeGreaterThanOrEqual(2);
  const stages = valuesOf(text, "mxray_stage_seconds", { target, address: "127.0.0.1" });
  expect(stages).toContainEqual(expect.objectContaining({ labels: expect.objectContaining({ stage: "greeting", outcome: "ok" }) }));
  expect(valuesOf(text, "mxray_path_verdict", { target, direction: "outbound" })).toHaveLength(1);
  const [round] = valuesOf(text, "mxray_target_round_timestamp_seconds", { target });
  expect(Math.abs(Date.now() / 1000 - (round?.value ?? 0))).toBeLessThan(600);
});

it("has no label whose values a stranger can multiply, but for the hosts of watched targets", async () => {
  const closed: Record<string, readonly string[]> = {
    code: FINDING_CODES,
    stage: [...STAGES, ...MAIL_STAGES, ""],
    outcome: [...STAGE_OUTCOMES, ...LOG_OUTCOMES],
    verdict: PATH_VERDICTS,
    work: SERVER_WORKS,
    direction: ["inbound", "outbound"],
    severity: ["info", "warning", "critical"],
    confidence: ["proven", "likely", "suspected"],
  };
  const folder = await mkdtemp(join(tmpdir(), "mxray-metrics-"));
  try {
    const log = join(folder, "mail.log");
    await writeFile(log, stallingLog(Date.now() - 900_000));
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_LOGS: log } });
    const scrape = await scraperOf(server);
    const stalled = { direction: "outbound", outcome: "stalled", stage: "end-of-data" };
    const text = await until(scrape, (body) => valuesOf(body, "mxray_log_events_total", stalled)[0]?.value === 20);
    expect(valuesOf(text, "mxray_log_events_total", { outcome: "sent" }).map(({ value }) => value)).toEqual([60]);
    expect(valuesOf(text, "mxray_log_events_total", { outcome: "deferred" }).map(({ value }) => value)).toEqual([20]);
    expect(valuesOf(text, "mxray_log_sources", { state: "following" })[0]?.value).toBe(1);
    for (const { name, labels } of samplesOf(text)) {
      for (const [label, value] of Object.entries(labels)) {
        const values = name.startsWith("mxray_") ? closed[label] : undefined;
        if (values !== undefined) expect(values).toContain(value);
        expect([name, label]).not.toEqual([expect.stringMatching(/^mxray_/), expect.stringMatching(/^(?:target|host|address|port|url)$/)]);
      }
    }
    // Findings of logs are about peers that nobody watches.
    await until(scrape, (body) => valuesOf(body, "mxray_findings", { state: "open" }).some(({ value }) => value > 0));
    await appendFile(log, stallingLog(Date.now() - 60_000, 2));
    await until(scrape, (body) => (valuesOf(body, "mxray_log_events_total", stalled)[0]?.value ?? 0) > 20);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("goes on without its store, and says so", async () => {
  const health = new WorkHealth();
  const store = await openStore({ path: ":memory:" });
  let fails = false;
  const facts = async (limits: { watched: number }) => {
    if (fails) throw new StoreError("The thread of the store ended.", "ended");
    return await store.metrics.facts(limits);
  };
  await using server = await startTestServer({ health, store: { ...store, metrics: { ...store.metrics, facts } } });
  const scrape = await scraperOf(server);
  expect(valuesOf(await scrape(), "mxray_store_up")[0]?.value).toBe(1);
  fails = true;
  health.failed("housekeeping", new StoreError("disk I/O error", "io"));
  const text = await scrape();
  expect(valuesOf(text, "mxray_store_up")[0]?.value).toBe(0);
  expect([valuesOf(text, "mxray_findings"), valuesOf(text, "mxray_store_size_bytes")]).toEqual([[], []]);
  expect(valuesOf(text, "mxray_work_failing", { work: "housekeeping" })[0]?.value).toBe(1);
  expect(valuesOf(text, "mxray_work_failures_total", { work: "housekeeping" })[0]?.value).toBe(1);
  expect(valuesOf(text, "nodejs_heap_size_used_bytes")).toHaveLength(1);
  fails = false;
  health.succeeded("housekeeping");
  const after = await scrape();
  expect(valuesOf(after, "mxray_store_up")[0]?.value).toBe(1);
  expect(valuesOf(after, "mxray_work_failing", { work: "housekeeping" })[0]?.value).toBe(0);
});

it("reads the store once for all who ask within a second, and an observation once for all scrapes", async () => {
  await using host = await startMailHost(mailHostScript("healthy"));
  const store = await openStore({ path: ":memory:" });
  const asked = { facts: 0, observations: 0 };
  const facts = async (limits: { watched: number }) => {
    asked.facts += 1;
    return await store.metrics.facts(limits);
  };
  await using server = await startTestServer({
    env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) },
    store: { ...store, metrics: { ...store.metrics, facts } },
  });
  const { app, headers } = server;
  await app.inject({ method: "PUT", url: "/api/v1/watches", headers, payload: { target: `127.0.0.1:${host.port}` } });
  const scrape = await scraperOf(server);
  await until(scrape, (body) => valuesOf(body, "mxray_target_verdict").length === 1);
  const { get } = store.probes;
  store.probes.get = async (id) => {
    asked.observations += 1;
    return await get(id);
  };
  asked.facts = 0;
  await scrape();
  const { headers: token } = await tokenFor(server, ["metrics"]);
  const texts = await Promise.all(Array.from({ length: 20 }, () => app.inject({ url: "/metrics", headers: token })));
  expect(new Set(texts.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect(asked.facts).toBeLessThanOrEqual(2);
  expect(asked.observations).toBe(0);
});

it("is for tokens of its scope and for viewers", async () => {
  await using server = await startTestServer();
  const ask = async (headers: Record<string, string>) => (await server.app.inject({ url: "/metrics", headers })).statusCode;
  expect(await ask((await signInAs(server, "viewer")).headers)).toBe(200);
  expect(await ask((await tokenFor(server, ["metrics"])).headers)).toBe(200);
  expect(await ask((await tokenFor(server, ["read", "probe"])).headers)).toBe(403);
  expect(await ask({})).toBe(401);
});
