import type { Finding, LinkCreated, ProbeRequest, WallBeat, WallSnapshot } from "@mxray/contracts";
import { WallSnapshot as WallSnapshotSchema } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const HTML = { accept: "text/html" };

const makeLink = async ({ app, headers }: TestServer, name = "NOC, left"): Promise<LinkCreated> =>
  (await app.inject({ method: "POST", url: "/api/v1/links/wall", headers, payload: { name } })).json();
const wallOf = async ({ app, headers }: TestServer, group = "host"): Promise<WallSnapshot> =>
  (await app.inject({ url: `/api/v1/wall?group=${group}`, headers })).json();

const trouble = (code: Finding["code"], host: string | null, over: Partial<Finding> = {}): Finding => ({
  code,
  severity: "critical",
  confidence: "proven",
  subject: { host, address: host === null ? null : "192.0.2.1", port: host === null ? null : 25 },
  subjects: [over.subject ?? { host, address: host === null ? null : "192.0.2.1", port: host === null ? null : 25 }],
  since: "2026-03-01T10:00:00.000Z",
  firstSeen: "2026-03-01T10:00:00.000Z",
  title: "…",
  summary: "Told to someone.private@example.com",
  absorbs: [],
  evidence: [],
  remedies: [],
  ...over,
});

/** A probe that has ended, with these findings. */
async function probed(
  store: Store,
  target: string,
  findings: readonly Finding[],
  over: Partial<ProbeRequest> = {},
  fixed: readonly string[] = [],
) {
  const request = { target, ...over };
  const practice = over.vantage === "lab";
  const { id } = await store.probes.create({ target, request, practice, createdAt: new Date().toISOString(), previousId: null });
  const [worst = null] = findings;
  await store.probes.finish(id, {
    status: "done",
    finishedAt: new Date().toISOString(),
    observation: null,
    findings,
    fixed: fixed.map((one) => ({ id: one, address: "192.0.2.1" })),
    verdict: worst && { code: worst.code, severity: worst.severity, confidence: worst.confidence, title: worst.title },
    error: null,
  });
  return id;
}

describe("a wall link", () => {
  it("opens the wall and its data, and nothing else", async () => {
    await using server = await startTestServer();
    const { token, url, name, lastUsedAt, loopback } = await makeLink(server, " NOC, left ");
    expect(token).toMatch(/^[\w-]{27}$/);
    expect({ url, name, lastUsedAt, loopback }).toEqual({
      url: `http://localhost:8425/wall/${token}`,
      name: "NOC, left",
      lastUsedAt: null,
      loopback: true,
    });

    const page = await server.app.inject({ url: `/wall/${token}`, headers: HTML });
    expect(page.body).toContain("the wall");
    expect(page.headers).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "private, no-store" });
    const data = await server.app.inject({ url: `/api/v1/wall?token=${token}` });
    expect(Compile(WallSnapshotSchema).Errors(data.json())).toEqual([]);

    const open: string[] = [];
    for (const path of ["/", "/wall", "/api/v1/probes", "/api/v1/events", "/api/v1/links", "/api/v1/session"]) {
      const response = await server.app.inject({ url: `${path}?token=${token}`, headers: { authorization: `Bearer ${token}` } });
      if (response.statusCode !== 401) open.push(path);
    }
    expect(open).toEqual([]);
  });

  it("is listed with its last use and without its secret", async () => {
    await using server = await startTestServer();
    const { token, id } = await makeLink(server);
    const list = async () => (await server.app.inject({ url: "/api/v1/links", headers: server.headers })).json().links;
    expect(await list()).toMatchObject([{ id, lastUsedAt: null }]);
    await server.app.inject({ url: `/api/v1/wall?token=${token}` });
    const [used] = await list();
    expect(Date.now() - Date.parse(used.lastUsedAt)).toBeLessThan(10_000);
    expect(JSON.stringify(used)).not.toContain(token);
    expect(await makeLink(server, "  ")).toMatchObject({ error: { code: "invalid-request", message: expect.stringContaining("name") } });
  });

  it("says in a sentence that it was revoked, or never was", async () => {
    await using server = await startTestServer();
    const { token, id } = await makeLink(server);
    const revoke = () => server.app.inject({ method: "DELETE", url: `/api/v1/links/${id}`, headers: server.headers });
    expect((await revoke()).statusCode).toBe(204);
    expect((await revoke()).statusCode).toBe(404);
    for (const [secret, status, code, words] of [
      [token, 410, "wall-link-revoked", "was revoked"],
      ["never-was", 404, "not-found", "whole link"],
    ] as const) {
      const page = await server.app.inject({ url: `/wall/${secret}`, headers: HTML });
      expect(page.statusCode).toBe(status);
      expect(page.body).toContain(words);
      for (const path of ["/api/v1/wall", "/api/v1/wall/events"]) {
        const answer = await server.app.inject({ url: `${path}?token=${secret}` });
        expect([answer.statusCode, answer.json().error.code], path).toEqual([status, code]);
      }
    }
  });

  it("is not needed by somebody signed in, and a guess of nothing is no link", async () => {
    await using server = await startTestServer();
    expect((await server.app.inject({ url: "/wall", headers: { ...HTML, ...server.headers } })).body).toContain("the wall");
    expect((await wallOf(server)).schema).toBe("mxray.wall/1");
    for (const url of ["/wall", "/api/v1/wall", "/api/v1/wall/events"])
      expect((await server.app.inject({ url })).statusCode, url).toBe(401);
    expect((await server.app.inject({ url: "/api/v1/wall?group=colour", headers: server.headers })).statusCode).toBe(400);
  });
});

describe("the wall", () => {
  it("groups findings by mail host, domain or kind, the worst first", async () => {
    await using server = await startTestServer();
    const { store } = server;
    await probed(store, "a.test", [
      trouble("smtp-fixup", "mx.shared.test", { severity: "warning", confidence: "likely" }),
      trouble("starttls-masked", "mx.a.test", { severity: "warning" }),
    ]);
    await probed(store, "b.test", [
      trouble("pmtu-black-hole", "mx.shared.test"),
      trouble("port-25-blocked", null, { confidence: "likely" }),
    ]);
    const tiles = ({ troubles }: WallSnapshot) =>
      troubles.map(({ name, severity, kinds, members }) => [name, severity, kinds.map(({ code }) => code), members]);
    expect(tiles(await wallOf(server))).toEqual(
      expect.arrayContaining([
        ["mx.shared.test", "critical", ["pmtu-black-hole", "smtp-fixup"], ["192.0.2.1"]],
        ["b.test", "critical", ["port-25-blocked"], []],
      ]),
    );
    expect(tiles(await wallOf(server)).at(-1)).toEqual(["mx.a.test", "warning", ["starttls-masked"], ["192.0.2.1"]]);
    expect(tiles(await wallOf(server, "domain"))).toEqual(
      [
        ["b.test", "critical", ["pmtu-black-hole", "port-25-blocked"], ["mx.shared.test"]],
        ["a.test", "warning", ["smtp-fixup", "starttls-masked"], ["mx.a.test", "mx.shared.test"]],
      ].map(([name, severity, kinds, members]) => [name, severity, kinds, expect.arrayContaining(members as string[])]),
    );
    expect((await wallOf(server, "kind")).troubles.map(({ name }) => name).toSorted()).toEqual([
      "pmtu-black-hole",
      "port-25-blocked",
      "smtp-fixup",
      "starttls-masked",
    ]);
  });

  it("puts last what a user has taken note of, and takes off what was fixed", async () => {
    await using server = await startTestServer();
    const { store } = server;
    const id = await probed(store, "a.test", [trouble("pmtu-black-hole", "mx.a.test"), trouble("dotcrlf-split", "mx.b.test")]);
    await probed(store, "c.test", [trouble("smtp-fixup", "mx.c.test", { severity: "warning" })]);
    const [hole, split] = await store.findings.ofProbe(id);
    await store.findings.acknowledge(hole?.id ?? "", "the network team knows", new Date().toISOString());
    await probed(store, "a.test", [], {}, [split?.id ?? ""]);
    const { troubles, changes } = await wallOf(server);
    expect(troubles.map(({ name, acknowledged }) => [name, acknowledged])).toEqual([
      ["mx.c.test", false],
      ["mx.a.test", true],
    ]);
    expect(changes).toHaveLength(3);
    expect(changes[0]).toMatchObject({ kind: "fixed", name: "mx.b.test", code: "dotcrlf-split" });
  });

  it("calls calm what was probed lately and has no finding, and nothing of the practice lab", async () => {
    await using server = await startTestServer();
    const { store } = server;
    const healthy = trouble("healthy", "mx.a.test", { severity: "info" });
    await probed(store, "broken.test", [trouble("pmtu-black-hole", "mx.broken.test")]);
    await probed(store, "black-hole.lab.test", [healthy], { vantage: "lab" });
    await probed(store, "someone.private@b.test", [trouble("inconclusive", "mx.b.test", { severity: "info" })]);
    await probed(store, "A.test ", [healthy]);
    const wall = await wallOf(server);
    expect(wall.calm).toMatchObject([
      { name: "a.test", code: "healthy" },
      { name: "b.test", code: "inconclusive" },
    ]);
    expect(wall.lastProbe?.name).toBe("a.test");
    expect(JSON.stringify(wall)).not.toMatch(/someone|@|lab\.test/);
  });
});

describe("the wall's live events", () => {
  it("begin with a snapshot, follow a probe within seconds, beat in between, and end when the link is revoked", async () => {
    await using server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: "1" } });
    const { token, id } = await makeLink(server);
    await server.app.listen({ host: "127.0.0.1", port: 0 });
    await using stream = await follow(`${server.app.listeningOrigin}/api/v1/wall/events?token=${token}`);
    expect(await stream.next()).toMatchObject({ event: "snapshot", data: { troubles: [], calm: [], lastProbe: null } });

    const asked = await server.app.inject({
      method: "POST",
      url: "/api/v1/probes",
      headers: server.headers,
      payload: { target: "127.0.0.1:1" },
    });
    await ended(server, asked.json().id);
    const endedAt = Date.now();
    expect(await stream.next()).toMatchObject({
      event: "snapshot",
      data: {
        troubles: [{ name: "127.0.0.1:1", severity: "critical", kinds: [{ code: "connect-refused" }] }],
        changes: [{ kind: "opened" }],
      },
    });
    expect(Date.now() - endedAt).toBeLessThan(3000);

    expect((await stream.next())?.event).toBe("beat");
    await server.app.inject({ method: "DELETE", url: `/api/v1/links/${id}`, headers: server.headers });
    expect(await stream.next()).toBeNull();
  });
});

interface Message {
  readonly event: string;
  readonly data: WallSnapshot | WallBeat;
}

/** The messages of a stream, one after the other; null at its end. */
async function follow(url: string): Promise<AsyncDisposable & { next(): Promise<Message | null> }> {
  const controller = new AbortController();
  const response = await fetch(url, { headers: { accept: "text/event-stream" }, signal: controller.signal });
  if (response.body === null) throw new Error("The stream has no body.");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next() {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end !== -1) {
          const fields = new Map(
            text
              .slice(0, end)
              .split("\n")
              .map((line) => line.split(/: ?(.*)/s, 2) as [string, string]),
          );
          text = text.slice(end + 2);
          return { event: fields.get("event") ?? "", data: JSON.parse(fields.get("data") ?? "null") };
        }
        const { value, done } = await reader.read();
        if (done) return null;
        text += value;
      }
    },
    async [Symbol.asyncDispose]() {
      controller.abort();
      await reader.closed.catch(() => undefined);
    },
  };
}
