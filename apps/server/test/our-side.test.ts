/** Many destinations that fail alike are one finding about us, which holds the others back until one of them works. */
import type { FindingDetail, MailHostObservation, ProbeObservation } from "@mxray/contracts";
import type { ProbeRunner } from "@mxray/probe";
import { openStore } from "@mxray/store";
import { expect, test } from "vitest";
import { host, reportOf, unreachableHost } from "../../../packages/diagnosis/test/observation.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const ENV = { ...LOOPBACK, MXRAY_ALLOW_TARGETS: "127.0.0.0/8,198.51.0.0/16" };

/** Targets are `198.51.N.25`, each of an organisation of its own unless `relay` says otherwise. */
function network() {
  const dead = new Set<number>();
  const state = { dead, relay: false };
  const runProbe: ProbeRunner = async ({ target, vantage }): Promise<ProbeObservation> => {
    const number = Number(target.host.split(".")[2]);
    const place: Partial<MailHostObservation> = {
      name: state.relay ? "mx.relay.example" : `mx.org${number}.example`,
      address: target.host,
    };
    const hosts = [dead.has(number) ? unreachableHost("timeout", place) : host(place)];
    const {
      findings: _findings,
      domain: _domain,
      ...observation
    } = reportOf(hosts, {
      target: target.input,
      vantage,
      startedAt: new Date().toISOString(),
    });
    return observation;
  };
  return { state, runProbe };
}

const read = async ({ app, headers }: TestServer, url: string) => (await app.inject({ url: `/api/v1${url}`, headers })).json();

async function probe(server: TestServer, number: number): Promise<string> {
  const { app, headers } = server;
  const payload = { target: `198.51.${number}.25` };
  const { id } = (await app.inject({ method: "POST", url: "/api/v1/probes", headers, payload })).json();
  await ended(server, id);
  return id;
}

async function standing(server: TestServer): Promise<string[]> {
  const { findings } = await read(server, "/findings?state=standing");
  return findings.map(({ code }: { code: string }) => code).toSorted();
}

const four = ["connect-timeout", "connect-timeout", "connect-timeout", "connect-timeout"];

test("four destinations that fail alike are one finding; one that works gives them back", { timeout: 60_000 }, async () => {
  const { state, runProbe } = network();
  await using server = await startTestServer({ env: ENV, runProbe });
  for (const number of [1, 2, 3, 4]) state.dead.add(number);
  for (const number of [1, 2, 3]) await probe(server, number);
  expect(await standing(server)).toEqual(four.slice(1));
  const last = await probe(server, 4);
  await expect.poll(() => standing(server)).toEqual(["our-side"]);

  const { findings, counts } = await read(server, "/findings");
  expect(counts).toMatchObject({ open: 1 });
  const detail: FindingDetail = await read(server, `/findings/${findings[0].id}`);
  expect(detail).toMatchObject({ severity: "critical", finding: { absorbs: ["connect-timeout"] }, explainedBy: null });
  expect(detail.absorbed.map(({ code }) => code)).toEqual(four);
  expect(detail.probes).toHaveLength(4);
  expect(detail.absorbed[0]?.explainedBy).toMatchObject({ id: detail.id, code: "our-side" });

  const { report } = await read(server, `/probes/${last}`);
  expect(report.findings).toMatchObject([{ code: "our-side" }, { code: "connect-timeout", explainedBy: "our-side" }]);

  const works = await probe(server, 5);
  await expect.poll(() => standing(server)).toEqual(four);
  expect(await read(server, `/findings/${detail.id}`)).toMatchObject({ state: "fixed", fixedBy: works, absorbed: [] });
});

test("a share says that our side is at fault, and nothing of the other targets", { timeout: 60_000 }, async () => {
  const { state, runProbe } = network();
  await using server = await startTestServer({ env: ENV, runProbe });
  const ids: string[] = [];
  for (const number of [1, 2, 3, 4]) {
    state.dead.add(number);
    ids.push(await probe(server, number));
  }
  await expect.poll(() => standing(server)).toEqual(["our-side"]);
  const { app, headers } = server;
  const asked = await app.inject({ method: "POST", url: "/api/v1/links/diagnosis", headers, payload: { probeId: ids[0] } });
  const { body } = await app.inject({ url: `/d/${asked.json().token}.json` });
  expect(body).toContain("our-side");
  expect(body).toContain("198.51.1.25");
  expect(body).not.toContain("198.51.2.25");
});

test("one relay for many domains is never our side", { timeout: 60_000 }, async () => {
  const { state, runProbe } = network();
  await using server = await startTestServer({ env: ENV, runProbe });
  state.relay = true;
  for (const number of [1, 2, 3, 4, 5]) {
    state.dead.add(number);
    await probe(server, number);
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(new Set(await standing(server))).toEqual(new Set(["connect-timeout"]));
});

test("it outlasts a restart", { timeout: 60_000 }, async () => {
  const { state, runProbe } = network();
  const store = await openStore({ path: ":memory:" });
  {
    await using server = await startTestServer({ env: ENV, runProbe, store });
    for (const number of [1, 2, 3, 4]) {
      state.dead.add(number);
      await probe(server, number);
    }
    await expect.poll(() => standing(server)).toEqual(["our-side"]);
  }
  {
    await using server = await startTestServer({ env: ENV, runProbe, store });
    await probe(server, 1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await standing(server)).toEqual(["our-side"]);
    await probe(server, 7);
    await expect.poll(() => standing(server)).toHaveLength(4);
  }
  await store.close();
});
