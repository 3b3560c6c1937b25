/** One request, several vantages: one probe for each, compared side by side on the page and in a share. */
import { ProbeDetail, SharedDiagnosis } from "@mxray/contracts/schemas";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { localProbeRunner, type ProbeRunner } from "@mxray/probe";
import { Compile } from "typebox/compile";
import { expect, it } from "vitest";
import type { ProbeVantage } from "../src/vantages/vantage.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const here = localProbeRunner();

/** A second place, whose large packets are lost. */
const branch = (over: Partial<ProbeVantage> = {}): ProbeVantage => {
  const about = { name: "branch", practice: false };
  const runProbe: ProbeRunner = async (options) => {
    const observation = await here(options);
    const hosts = observation.hosts.map((host) => {
      const outbound = { ...host.path.outbound, verdict: "black-hole" as const, mtu: 1400, confidence: "proven" as const, exact: true };
      return { ...host, path: { ...host.path, outbound } };
    });
    return { ...observation, hosts };
  };
  return {
    ...{ ...about, paced: false, delivers: false, runProbe },
    settings: { vantage: { name: "branch", host: "branch.corp.example", version: "0" } },
    info: async () => ({
      ...{ ...about, description: "The agent branch", state: "ready", startable: false, reason: null, remedy: null, domains: [] },
    }),
    elsewhere: () => false,
    start: async () => undefined,
    stop: async () => undefined,
    refusalOfTarget: () => null,
    refusalOfHost: () => null,
    ...over,
  };
};

const post = ({ app, headers }: TestServer, url: string, payload: object = {}) => app.inject({ method: "POST", url, headers, payload });

it("probes from each vantage, compares, shares and checks again from all of them", async () => {
  await using host = await startMailHost(mailHostScript("healthy"));
  await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) }, lab: branch() });
  const request = { target: `127.0.0.1:${host.port}`, recipient: "someone.private@example.com", vantages: ["local", "branch"] };
  const asked = await post(server, "/api/v1/probes", request);
  expect(asked.statusCode).toBe(202);
  const first = asked.json();
  const probes = (await server.store.probes.ofGroup(first.groupId)).map(({ summary }) => summary);
  expect(probes.map(({ vantage }) => vantage)).toEqual(["local", "branch"]);
  for (const { id } of probes) await ended(server, id);

  const detail = await ended(server, first.id);
  expect(Compile(ProbeDetail).Errors(detail)).toEqual([]);
  expect(detail.vantages).toMatchObject({
    vantages: [
      { name: "local", probeId: probes[0]?.id, status: "done", verdict: { code: "healthy" } },
      { name: "branch", probeId: probes[1]?.id, status: "done", verdict: { code: "pmtu-black-hole" } },
    ],
    hosts: [{ sides: [{ fate: "works" }, { fate: "fails" }], span: { outcome: "link", confidence: "likely" } }],
  });
  expect(detail.vantages.hosts[0].sentence).toContain("From local: no fault.");

  const { token } = (await post(server, "/api/v1/links/diagnosis", { probeId: probes[1]?.id })).json();
  const shared = (await server.app.inject({ url: `/d/${token}.json` })).json();
  expect(Compile(SharedDiagnosis).Errors(shared)).toEqual([]);
  expect(shared.vantages.vantages).toMatchObject([{ probeId: null }, { probeId: null }]);
  const markdown = (await server.app.inject({ url: `/d/${token}.md` })).body;
  expect(markdown).toContain("## From several vantages");
  for (const text of [JSON.stringify(shared), markdown]) expect(text).not.toMatch(/someone\.private|corp\.example/);

  const again = (await post(server, `/api/v1/probes/${probes[1]?.id}/check`)).json();
  expect(again).toMatchObject({ vantage: "branch", previousId: probes[1]?.id });
  const checks = await server.store.probes.ofGroup(again.groupId);
  expect(checks.map(({ summary }) => summary.previousId)).toEqual(probes.map(({ id }) => id));
  for (const { summary } of checks) await ended(server, summary.id);
});

it("starts none where one vantage cannot probe", async () => {
  const info: ProbeVantage["info"] = async () => ({ ...(await branch().info()), state: "unavailable", reason: "It is silent." });
  await using server = await startTestServer({ env: LOOPBACK, lab: branch({ info }) });
  const refused = await post(server, "/api/v1/probes", { target: "127.0.0.1", vantages: ["local", "branch"] });
  expect(refused.json().error).toMatchObject({ code: "vantage-not-ready" });
  const delivery = { deliverTo: "a@example.com", deliverConfirmed: "a@example.com" };
  const refusedDelivery = await post(server, "/api/v1/probes", { target: "127.0.0.1", vantages: ["local", "branch"], ...delivery });
  expect(refusedDelivery.json().error).toMatchObject({ code: "invalid-request" });
  expect((await server.store.probes.list({ limit: 10 })).probes).toEqual([]);
});
