import { openStore } from "@mxray/store";
import { describe, expect, it } from "vitest";
import { hashSecret } from "../src/access/secret.ts";
import { PUBLIC_ROUTES, routesOf } from "./routes-of.ts";
import { SIGN_ON, startTestServer } from "./test-server.ts";

const HTML = { accept: "text/html" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };

describe("the pace of requests", () => {
  const form = (token: string) => ({ method: "POST", url: "/sign-in", headers: FORM, payload: `token=${token}` }) as const;

  it("holds before anybody is looked up, whatever the route and the cookie", async () => {
    await using server = await startTestServer();
    for (const url of ["/x", "/api/v1/session"]) {
      const statuses = new Map<number, number>();
      for (let times = 0; times < 1250; times += 1) {
        const { statusCode } = await server.app.inject({ url, headers: { cookie: `mxray_session=x${times}` } });
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
      }
      expect([...statuses]).toEqual(
        url === "/x"
          ? [[401, 1250]]
          : [
              [401, 1150],
              [429, 100],
            ],
      );
    }
    expect((await server.app.inject({ url: "/healthz" })).statusCode).toBe(200);
  });

  it("of a stranger behind the same proxy shuts out nobody who is signed in, has a good link or signs in", async () => {
    await using server = await startTestServer();
    const { app, store, headers } = server;
    expect((await app.inject({ url: "/api/v1/session", headers })).statusCode).toBe(200);
    await store.sessions.addSignInToken(hashSecret("good"), new Date(Date.now() + 60_000).toISOString());
    const guesses: number[] = [];
    for (let times = 0; times < 35; times += 1) guesses.push((await app.inject(form("wrong"))).statusCode);
    expect(guesses.map((status) => (status === 429 ? 429 : 410))).toEqual([...Array(30).fill(410), ...Array(5).fill(429)]);
    for (let times = 0; times < 121; times += 1) await app.inject({ url: "/d/x" });
    expect((await app.inject({ url: "/d/x" })).statusCode).toBe(429);
    expect((await app.inject({ url: "/d/y" })).statusCode).toBe(404);
    for (let times = 0; times < 2420; times += 1) await app.inject({ url: "/x" });
    expect((await app.inject({ url: "/x" })).statusCode).toBe(429);
    expect((await app.inject({ url: "/api/v1/session", headers })).statusCode).toBe(200);
    const signedIn = await app.inject(form("good"));
    expect(signedIn.statusCode).toBe(303);
    const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
    expect((await app.inject({ url: "/api/v1/session", headers: { cookie } })).statusCode).toBe(200);
  });

  it("counts those apart whom a trusted proxy names, and believes nobody else", async () => {
    const from = (address: string) => ({ "x-forwarded-for": address });
    const status = async ({ app }: Awaited<ReturnType<typeof startTestServer>>, address: string) =>
      (await app.inject({ url: "/x", headers: from(address) })).statusCode;
    await using trusting = await startTestServer({ env: { MXRAY_TRUSTED_PROXIES: "127.0.0.0/8" } });
    for (let times = 0; times < 2400; times += 1) await status(trusting, "198.51.100.66");
    expect([await status(trusting, "198.51.100.66"), await status(trusting, "192.0.2.1")]).toEqual([429, 401]);
    await using other = await startTestServer();
    for (let times = 0; times < 2400; times += 1) await status(other, `198.51.100.${times % 250}`);
    expect(await status(other, "192.0.2.1")).toBe(429);
  });

  it("of one session holds as well", async () => {
    await using server = await startTestServer();
    const ask = async () => (await server.app.inject({ url: "/api/v1/session", headers: server.headers })).statusCode;
    for (let times = 0; times < 2401; times += 1) expect(await ask()).toBe(200);
    expect(await ask()).toBe(429);
  });

  it("refuses a proxy that is no address in one sentence", async () => {
    await expect(startTestServer({ env: { MXRAY_TRUSTED_PROXIES: "proxy.example" } })).rejects.toThrow(
      /^MXRAY_TRUSTED_PROXIES takes addresses and networks .*'proxy.example'\.$/,
    );
  });
});

describe("without a session", () => {
  it("the files of a page do not count as requests, others do", async () => {
    await using server = await startTestServer();
    const get = async (url: string) => (await server.app.inject({ url })).statusCode;
    for (let times = 0; times < 2500; times += 1) expect(await get("/assets/page-abc.js")).toBe(200);
    for (let times = 0; times < 2400; times += 1) expect(await get("/robots.txt")).toBe(200);
    expect(await get("/robots.txt")).toBe(429);
  });

  it("nothing answers but health, signing in, shares and the page's assets", async () => {
    await using server = await startTestServer({ env: SIGN_ON });
    const open: string[] = [];
    const shut: string[] = [];
    for (const [method, path] of routesOf(server.app.printRoutes({ commonPrefix: false }))) {
      const response = await server.app.inject({ method: method as "GET", url: path.replaceAll(":", "x") });
      (response.statusCode === 401 ? shut : open).push(`${method} ${path}`);
    }
    const asset = await server.app.inject({ url: "/assets/page-abc.js" });
    expect(asset.statusCode).toBe(200);
    expect(asset.headers["cache-control"]).toContain("immutable");
    expect(open.toSorted()).toEqual(PUBLIC_ROUTES.toSorted());
    expect(shut).toEqual(
      expect.arrayContaining([
        "GET /api/v1/probes/:id",
        "POST /api/v1/probes/:id/cancel",
        "DELETE /api/v1/links/:id",
        "GET /api/docs/json",
        "GET /wall",
        "GET /api/v1/wall",
        "GET /api/v1/wall/events",
        "GET /api/v1/links",
        "POST /api/v1/links/diagnosis",
        "POST /api/v1/links/wall",
        "POST /api/v1/shares",
        "POST /api/v1/wall-links",
        "DELETE /api/v1/wall-links/:id",
      ]),
    );
    for (const url of ["/api/v1/nothing", "/nothing", "/api/docs/json"]) {
      expect((await server.app.inject({ url })).statusCode, url).toBe(401);
    }
  });

  it("a person gets a page that says how to sign in, a program a code", async () => {
    await using server = await startTestServer();
    const page = await server.app.inject({ url: "/diagnose", headers: HTML });
    expect(page.statusCode).toBe(401);
    expect(page.body).toContain("npx mxray link");
    const answer = await server.app.inject({ url: "/api/v1/probes" });
    expect(answer.json()).toMatchObject({ error: { code: "not-signed-in", message: expect.stringContaining("mxray link") } });
    expect((await server.app.inject({ url: "/api/v1/probes", headers: { cookie: "mxray_session=guess" } })).statusCode).toBe(401);
  });
});

describe("the one-time link", () => {
  it("is not used up by looking at it, works once, and the session survives a restart", async () => {
    const store = await openStore({ path: ":memory:" });
    await store.sessions.addSignInToken(hashSecret("secret-token"), new Date(Date.now() + 60_000).toISOString());
    let cookie = "";
    {
      await using server = await startTestServer({ store });
      for (let look = 0; look < 3; look += 1) {
        const page = await server.app.inject({ url: "/sign-in?token=secret-token", headers: HTML });
        expect(page.statusCode).toBe(200);
        expect(page.body).toContain('<form method="post" action="/sign-in">');
        expect(page.headers["set-cookie"]).toBeUndefined();
      }
      const post = () => server.app.inject({ method: "POST", url: "/sign-in", headers: FORM, payload: "token=secret-token" });
      const signedIn = await post();
      expect(signedIn.statusCode).toBe(303);
      expect(String(signedIn.headers["set-cookie"])).toMatch(/^mxray_session=[\w-]{27}; .*HttpOnly; SameSite=Lax$/);
      cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
      const again = await post();
      expect(again.statusCode).toBe(410);
      expect(again.body).toContain("works once");
      expect(again.headers["set-cookie"]).toBeUndefined();
    }
    await using server = await startTestServer({ store });
    expect((await server.app.inject({ url: "/api/v1/session", headers: { cookie } })).statusCode).toBe(200);
    expect((await server.app.inject({ method: "DELETE", url: "/api/v1/session", headers: { cookie } })).statusCode).toBe(204);
    expect((await server.app.inject({ url: "/api/v1/session", headers: { cookie } })).statusCode).toBe(401);
    await store.close();
  });

  it("makes a secure cookie and upgrades only where the public URL is https", async () => {
    for (const [url, secure] of [
      ["https://mxray.example.com", true],
      ["http://mxray.example.com", false],
    ] as const) {
      const store = await openStore({ path: ":memory:" });
      await store.sessions.addSignInToken(hashSecret("t"), new Date(Date.now() + 60_000).toISOString());
      await using server = await startTestServer({ store, env: { MXRAY_PUBLIC_URL: url } });
      const { headers } = await server.app.inject({ method: "POST", url: "/sign-in", headers: FORM, payload: "token=t" });
      expect(String(headers["set-cookie"]).includes("Secure"), url).toBe(secure);
      expect(headers["strict-transport-security"] !== undefined, url).toBe(secure);
      expect(String(headers["content-security-policy"]).includes("upgrade-insecure-requests"), url).toBe(secure);
    }
  });
});

describe("a signed-in browser", () => {
  it("changes nothing on behalf of another site", async () => {
    await using server = await startTestServer();
    const post = (headers: Record<string, string>) =>
      server.app.inject({
        method: "POST",
        url: "/api/v1/probes",
        headers: { ...server.headers, ...headers },
        payload: { target: "127.0.0.1" },
      });
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example", host: "localhost:8425" },
      { origin: "null", host: "localhost:8425" },
    ]) {
      const response = await post(headers as Record<string, string>);
      expect(response.json(), JSON.stringify(headers)).toMatchObject({ error: { code: "cross-site" } });
    }
    expect((await server.store.probes.list({ limit: 9 })).probes).toEqual([]);
    expect((await post({ origin: "http://localhost:8425", host: "localhost:8425" })).statusCode).toBe(202);
    expect((await post({ "sec-fetch-site": "same-origin" })).statusCode).toBe(202);
  });

  it("runs no script but ours", async () => {
    await using server = await startTestServer();
    const { headers, body } = await server.app.inject({ url: "/", headers: { ...HTML, ...server.headers } });
    expect(body).toContain("the page");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toMatch(/script-src 'self';/);
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
  });

  it("finds the API described", async () => {
    await using server = await startTestServer();
    const api = (await server.app.inject({ url: "/api/docs/json", headers: server.headers })).json();
    expect(Object.keys(api.paths)).toEqual(
      expect.arrayContaining(["/api/v1/probes", "/api/v1/probes/{id}", "/api/v1/events", "/api/v1/links"]),
    );
    expect(JSON.stringify(api.paths["/api/v1/probes/{id}"].get.responses["200"])).toContain("lostBetween");
  });
});
