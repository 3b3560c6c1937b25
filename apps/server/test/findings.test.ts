/** Findings over the API: what a probe found is listed, read, acknowledged, checked and opened again. */
import { FindingDetail, FindingList, Playbook } from "@mxray/contracts/schemas";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const post = ({ app, headers }: TestServer, url: string, payload: object = {}) => app.inject({ method: "POST", url, headers, payload });
const read = async ({ app, headers }: TestServer, url: string) => (await app.inject({ url, headers })).json();

describe("findings", () => {
  it("are listed, acknowledged with a note, fixed with proof and opened again; their life tells it", async () => {
    const broken = await startMailHost(mailHostScript("pix-6"));
    const { port } = broken;
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(port) } });
    expect(await read(server, "/api/v1/findings")).toEqual({
      findings: [],
      next: null,
      counts: { open: 0, acknowledged: 0, dismissed: 0, fixed: 0 },
    });
    const probe = await ended(server, (await post(server, "/api/v1/probes", { target: `127.0.0.1:${port}` })).json().id);

    const list = await read(server, "/api/v1/findings?state=open&severity=warning&peer=127.0.0.1&text=FIXUP&limit=5");
    expect(Compile(FindingList).Errors(list)).toEqual([]);
    expect(list.findings).toMatchObject([{ code: "smtp-fixup", state: "open", probeId: probe.id, subject: { port } }]);
    const [{ id }] = list.findings;
    expect((await read(server, "/api/v1/findings?code=pmtu-black-hole")).findings).toEqual([]);

    const url = `/api/v1/findings/${id}`;
    expect((await post(server, `${url}/acknowledge`, { notes: "known" })).statusCode).toBe(400);
    // No note is needed, and no body either.
    expect((await post(server, `${url}/acknowledge`)).json()).toMatchObject({ state: "acknowledged", note: null });
    expect((await post(server, `${url}/reopen`)).json()).toMatchObject({ state: "open" });
    const dismissed = (await post(server, `${url}/dismiss`, { note: " " })).json();
    expect(dismissed).toMatchObject({ state: "dismissed", note: null });
    expect((await read(server, "/api/v1/findings?state=standing")).findings).toEqual([]);
    expect(await read(server, "/api/v1/findings")).toMatchObject({ findings: [{ id }], counts: { open: 0, dismissed: 1 } });
    expect((await read(server, "/api/v1/wall")).troubles).toEqual([]);
    expect((await post(server, `${url}/reopen`)).json()).toMatchObject({ state: "open", sinceAt: dismissed.sinceAt });
    const acknowledged = (await post(server, `${url}/acknowledge`, { note: " <b>the network team knows</b> " })).json();
    expect(Compile(FindingDetail).Errors(acknowledged)).toEqual([]);
    expect(acknowledged).toMatchObject({ state: "acknowledged", note: "<b>the network team knows</b>", finding: { code: "smtp-fixup" } });
    expect((await post(server, `${url}/acknowledge`, { note: "again" })).json()).toMatchObject({ error: { code: "not-open" } });

    await broken.stop();
    await using _mended = await startMailHost(mailHostScript("healthy"), { port });
    const check = await ended(server, (await post(server, `/api/v1/probes/${probe.id}/check`)).json().id);
    const fixed = await read(server, url);
    expect(fixed).toMatchObject({ state: "fixed", fixedBy: check.id, probes: [{ id: probe.id }], absorbed: [] });
    expect(fixed.life.map(({ change, probeId }: { change: string; probeId: string }) => [change, probeId])).toEqual([
      ["opened", probe.id],
      ["acknowledged", null],
      ["reopened", null],
      ["dismissed", null],
      ["reopened", null],
      ["acknowledged", null],
      ["fixed", check.id],
    ]);
    expect((await read(server, "/api/v1/findings")).counts).toEqual({ open: 0, acknowledged: 0, dismissed: 0, fixed: 1 });
    expect((await post(server, `${url}/reopen`)).json()).toMatchObject({ state: "open", fixedAt: null });
    expect((await post(server, `${url}/reopen`)).statusCode).toBe(409);
    for (const method of ["acknowledge", "dismiss", "reopen"]) {
      expect((await post(server, `/api/v1/findings/none/${method}`, { note: "x" })).statusCode).toBe(404);
    }
  });

  it("refuse filters that are none, and take any cursor", async () => {
    await using server = await startTestServer();
    const status = async (query: string) =>
      (await server.app.inject({ url: `/api/v1/findings?${query}`, headers: server.headers })).statusCode;
    for (const query of ["state=broken", "severity=9", "code=nonsense", "sort=x", "limit=0", `text=${"a".repeat(201)}`]) {
      expect(await status(query), query).toBe(400);
    }
    expect(await status("cursor=%27%20or%201%3D1--")).toBe(200);
  });
});

describe("the playbook", () => {
  it("is given whole, for either family", async () => {
    await using server = await startTestServer();
    const four = await read(server, "/api/v1/playbook");
    expect(Compile(Playbook).Errors(four)).toEqual([]);
    expect(four.remedies.length).toBeGreaterThan(50);
    expect(JSON.stringify(four)).toContain("203.0.113.25");
    const six = await read(server, "/api/v1/playbook?family=6");
    expect(six.family).toBe(6);
    expect(JSON.stringify(six)).toContain("2001:db8:9::25");
    expect((await server.app.inject({ url: "/api/v1/playbook?family=5", headers: server.headers })).statusCode).toBe(400);
    expect((await server.app.inject({ url: "/api/v1/playbook" })).statusCode).toBe(401);
  });
});
