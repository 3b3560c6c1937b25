/** "Check the fix": the same probe again, beside the earlier one, and what it proves gone. */
import { ProbeDetail, SharedDiagnosis } from "@mxray/contracts/schemas";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
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

    const { token } = (await post(server, "/api/v1/shares", { probeId: check.id })).json();
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
