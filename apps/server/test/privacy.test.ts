/** What must not be kept, counted or written down: private answers, looks at headers, secrets in the log. */
import { describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

async function shareOf({ app, store, headers }: TestServer) {
  const target = "example.test";
  const at = new Date().toISOString();
  const { id } = await store.probes.create({ target, request: { target }, createdAt: at, previousId: null });
  const hosts: never[] = [];
  const observation = { schema: "mxray.probe/1", target, vantage: { name: "local", host: "h", version: "0" }, hosts, controls: [] };
  await store.probes.finish(id, {
    status: "done",
    finishedAt: at,
    observation: { ...observation, startedAt: at, durationMs: 1, resolution: { kind: "none", records: [], error: null } } as never,
    findings: [],
    fixed: [],
    verdict: null,
    error: null,
  });
  return (await app.inject({ method: "POST", url: "/api/v1/shares", headers, payload: { probeId: id } })).json();
}

describe("Answers", () => {
  it("of the API and of signing in are kept by nobody", async () => {
    await using server = await startTestServer();
    const { app, headers } = server;
    for (const url of [
      "/api/v1/session",
      "/api/v1/probes",
      "/api/v1/findings",
      "/api/v1/settings",
      "/api/v1/probes/none",
      "/api/v1/nothing",
    ]) {
      expect([url, (await app.inject({ url, headers })).headers["cache-control"]]).toEqual([url, "no-store"]);
    }
    expect((await app.inject({ url: "/api/v1/session" })).headers["cache-control"]).toBe("no-store");
    expect((await app.inject({ url: "/sign-in?token=x" })).headers["cache-control"]).toBe("no-store");
    const wrong = await app.inject({
      method: "POST",
      url: "/sign-in",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: "token=x",
    });
    expect([wrong.statusCode, wrong.headers["cache-control"]]).toEqual([410, "no-store"]);
  });
});

describe("A request for headers", () => {
  it("is no opening of a link", async () => {
    await using server = await startTestServer();
    const { app, headers, store } = server;
    const { token } = await shareOf(server);
    const wall = (await app.inject({ method: "POST", url: "/api/v1/wall-links", headers, payload: { name: "NOC" } })).json();
    const opened = async () => Object.fromEntries((await store.links.list()).map((link) => [link.opens, link.opened]));
    const urls = [
      `/d/${token}`,
      `/d/${token}.json`,
      `/d/${token}.md`,
      `/d/${token}.html`,
      `/wall/${wall.token}`,
      `/api/v1/wall?token=${wall.token}`,
    ];
    for (const url of urls) expect([url, (await app.inject({ method: "HEAD", url })).statusCode]).toEqual([url, 200]);
    expect(await opened()).toEqual({ diagnosis: 0, wall: 0 });
    expect((await store.links.list()).map(({ lastUsedAt }) => lastUsedAt)).toEqual([null, null]);
    for (const url of urls) await app.inject({ url });
    expect(await opened()).toEqual({ diagnosis: 4, wall: 1 });
  });
});

describe("A form", () => {
  it("is read by the sign-in alone", async () => {
    await using server = await startTestServer();
    const { app, headers } = server;
    const post = (type: string, payload: string) =>
      app.inject({ method: "POST", url: "/api/v1/probes", headers: { ...headers, "content-type": type }, payload });
    for (const [type, payload] of [
      ["application/x-www-form-urlencoded", "target=example.com"],
      ["text/plain", '{"target":"example.com"}'],
      ["multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="target"\r\n\r\nexample.com\r\n--x--'],
    ] as const) {
      expect([type, (await post(type, payload)).statusCode]).toEqual([type, 415]);
    }
  });
});

describe("The log", () => {
  it("has no secret in it at any level", async () => {
    const lines: string[] = [];
    await using server = await startTestServer({ logger: { level: "trace", stream: { write: (line) => void lines.push(line) } } });
    const { app } = server;
    const { token } = await shareOf(server);
    const secrets = [token, "sEcReT-sign-in-token-that-nobody-may-see-000000", "sEcReT-wall"];
    const [share, signIn, wall] = secrets;
    const urls = [
      `/d/${share}`,
      `/d/${share}.json`,
      `/D/${share}`,
      `/d/${share}/nothing/here`,
      `/sign-in?token=${signIn}`,
      `/sign-in?TOKEN=${signIn}`,
      `/nothing?token=${signIn}`,
      `/wall/${wall}`,
      `/api/v1/wall?token=${wall}`,
      `/api/v1/wall?%74oken=${wall}`,
      `/api/v1/probes?token=${signIn}`,
      `/wall/${wall}/%E0`,
    ];
    for (const url of urls) {
      for (const method of ["GET", "HEAD", "POST"] as const)
        await app.inject({ method, url, headers: { accept: "text/html", referer: `http://localhost/d/${share}` } });
    }
    const body = { "content-type": "application/x-www-form-urlencoded" };
    await app.inject({ method: "POST", url: "/sign-in", headers: body, payload: `token=${signIn}` });
    expect(lines.length).toBeGreaterThan(urls.length);
    for (const secret of secrets) expect(lines.filter((line) => line.includes(secret ?? ""))).toEqual([]);
    // What was asked for can still be seen.
    expect(lines.join("")).toContain('"url":"/d/:token"');
  });
});
