import { mailHostScript, startMailHost } from "@mxray/lab";
import { expect, it } from "vitest";
import { tokenFor } from "../people.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "../test-server.ts";
import { valuesOf } from "./metric-text.ts";

async function scraperOf(server: TestServer) {
  const { headers } = await tokenFor(server, ["metrics"]);
  return async (target: string, more = "") =>
    await server.app.inject({ url: `/probe?target=${encodeURIComponent(target)}${more}`, headers });
}

const probesOf = async ({ store }: TestServer) => (await store.probes.list({ limit: 50 })).probes;

it("starts a probe, answers at once, and gives its result with its age when it is there", async () => {
  await using host = await startMailHost(mailHostScript("asa"));
  await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
  const scrape = await scraperOf(server);
  const target = `127.0.0.1:${host.port}`;
  const first = await scrape(target);
  expect(first.statusCode).toBe(200);
  expect(valuesOf(first.body, "mxray_probe_under_way")[0]?.value).toBe(1);
  expect(valuesOf(first.body, "probe_success")).toEqual([]);
  const [probe] = await probesOf(server);
  await ended(server, probe?.id ?? "");
  const { body } = await scrape(target);
  expect(valuesOf(body, "mxray_probe_under_way")[0]?.value).toBe(0);
  expect(valuesOf(body, "probe_success")[0]?.value).toBe(0);
  expect(valuesOf(body, "mxray_target_verdict", { target, code: "smtp-fixup" })).toHaveLength(1);
  expect(valuesOf(body, "mxray_stage_seconds", { target, stage: "ehlo" })).toHaveLength(1);
  expect(valuesOf(body, "mxray_probe_age_seconds")[0]?.value).toBeLessThan(600);
  expect(valuesOf(body, "mxray_probe_duration_seconds")[0]?.value).toBeGreaterThan(0);
  await Promise.all(Array.from({ length: 20 }, () => scrape(target)));
  expect(await probesOf(server)).toHaveLength(1);
  expect((await server.store.probes.get(probe?.id ?? ""))?.request).toMatchObject({ dataLadder: false });
});

it("starts one probe however many ask at once", async () => {
  await using host = await startMailHost(mailHostScript("healthy"));
  await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
  const scrape = await scraperOf(server);
  const target = `127.0.0.1:${host.port}`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => scrape(target)));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
  const [probe, ...more] = await probesOf(server);
  expect(more).toEqual([]);
  await ended(server, probe?.id ?? "");
  expect(valuesOf((await scrape(target)).body, "probe_success")[0]?.value).toBe(1);
});

it.each([
  ["older than the interval of watched targets", 16, false, 2],
  ["younger", 14, false, 1],
  ["older, of a target that is watched and paused", 16, true, 1],
])("starts the next one by the age of the newest: %s", async (_what, minutes, watched, probes) => {
  await using server = await startTestServer();
  const createdAt = new Date(Date.now() - minutes * 60_000).toISOString();
  const target = "127.0.0.1";
  const { id } = await server.store.probes.create({ target, request: { target }, createdAt, previousId: null });
  const watch = { target, request: { target }, createdAt, dueAt: createdAt, settings: { paused: true } };
  if (watched) await server.store.watches.put(watch, 9);
  const outcome = { finishedAt: createdAt, observation: null, findings: [], fixed: [], verdict: null, error: "…" };
  await server.store.probes.finish(id, { status: "failed", ...outcome });
  await (await scraperOf(server))(target);
  expect(await probesOf(server)).toHaveLength(probes);
});

it("leaves a host that wants no probes alone for longer", async () => {
  await using host = await startMailHost(mailHostScript("greeting-554"));
  await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) }, minuteMs: 200 });
  const scrape = await scraperOf(server);
  const target = `127.0.0.1:${host.port}`;
  await scrape(target);
  const [probe] = await probesOf(server);
  await ended(server, probe?.id ?? "");
  // Longer than fifteen minutes of this server.
  await new Promise((resolve) => setTimeout(resolve, 3100));
  await scrape(target);
  expect(await probesOf(server)).toHaveLength(1);
});

it("takes no module that it does not know, no target that may not be probed, and nothing of the practice lab", async () => {
  await using server = await startTestServer();
  const scrape = await scraperOf(server);
  const refusal = async (target: string, more = "") => {
    const answer = await scrape(target, more);
    return [answer.statusCode, answer.json().error.message];
  };
  expect(await refusal("example.com", "&module=tcp")).toEqual([400, expect.stringMatching(/module/)]);
  expect(await refusal("10.0.0.1")).toEqual([403, expect.stringContaining("10.0.0.1")]);
  expect(await refusal("https://example.com")).toEqual([400, expect.stringMatching(/is a URL/)]);
  expect(await refusal("")).toEqual([400, expect.any(String)]);
  expect(await probesOf(server)).toEqual([]);
});

it("answers without a new probe where no place is free", async () => {
  await using server = await startTestServer({ config: { queueLimit: 0, concurrency: 0 } });
  const answer = await (await scraperOf(server))("127.0.0.1:25");
  expect(answer.statusCode).toBe(200);
  expect(valuesOf(answer.body, "mxray_probe_under_way")[0]?.value).toBe(0);
});

it("keeps results of each module apart", async () => {
  await using host = await startMailHost(mailHostScript("healthy"));
  await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) } });
  const scrape = await scraperOf(server);
  await scrape(`127.0.0.1:${host.port}`);
  await scrape(`127.0.0.1:${host.port}`, "&module=ipv4");
  expect(
    (await Promise.all((await probesOf(server)).map(async ({ id }) => (await server.store.probes.get(id))?.request.family))).toSorted(),
  ).toEqual([4, undefined]);
});
