import { describe, expect, it } from "vitest";
import { tokenFor } from "./people.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

const make = (server: TestServer, payload: object) =>
  server.app.inject({ method: "POST", url: "/api/v1/tokens", headers: server.headers, payload });
const read = (server: TestServer, authorization: string) => server.app.inject({ url: "/api/v1/probes", headers: { authorization } });

describe("an API token", () => {
  it("is shown once, works until it is revoked, and says when it was used", async () => {
    await using server = await startTestServer();
    const made = await make(server, { name: " nightly ", scopes: ["read", "probe"], expiresInDays: 7 });
    expect(made.statusCode).toBe(201);
    const { id, token, name, scopes, expiresAt } = made.json();
    expect([name, scopes]).toEqual(["nightly", ["read", "probe"]]);
    expect(token).toMatch(/^mxray_[\w-]{27}$/);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(6.9 * 24 * 3600 * 1000);
    const listed = await server.app.inject({ url: "/api/v1/tokens", headers: server.headers });
    expect(listed.body).not.toContain(token);
    expect(listed.json()).toMatchObject({ tokens: [{ id, lastUsedAt: null }], scopes: expect.arrayContaining(["read", "probe"]) });
    expect((await read(server, `Bearer ${token}`)).statusCode).toBe(200);
    expect((await read(server, `bearer ${token}`)).statusCode).toBe(200);
    expect((await server.store.tokens.list())[0]?.lastUsedAt).toEqual(expect.any(String));
    const probe = await server.app.inject({
      method: "POST",
      url: "/api/v1/probes",
      headers: { authorization: `Bearer ${token}` },
      payload: { target: "127.0.0.1" },
    });
    expect(probe.statusCode).toBe(202);
    expect((await server.store.audit.list({ limit: 1 }))[0]).toMatchObject({
      action: "probe.started",
      actor: { kind: "token", id, name: "nightly" },
      address: "127.0.0.1",
      object: { id: probe.json().id, name: "127.0.0.1" },
    });
    const revoke = () => server.app.inject({ method: "DELETE", url: `/api/v1/tokens/${id}`, headers: server.headers });
    expect([(await revoke()).statusCode, (await revoke()).statusCode]).toEqual([204, 404]);
    expect((await read(server, `Bearer ${token}`)).json()).toMatchObject({
      error: { code: "invalid-token", message: "The API token 'nightly' was revoked." },
    });
  });

  it("that is wrong, expired or no token at all is refused in a sentence; a cookie beside it does not help", async () => {
    await using server = await startTestServer();
    const { headers } = await tokenFor(server, ["read"], "2026-03-01T10:00:00.000Z");
    const answers = [
      await read(server, headers.authorization),
      await read(server, "Bearer mxray_nothing"),
      await server.app.inject({ url: "/api/v1/probes", headers: { ...server.headers, authorization: "Bearer guess" } }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
    expect(answers[0]?.json().error.message).toBe("The API token 'for read' expired on 2026-03-01.");
    expect(answers[1]?.json().error.code).toBe("invalid-token");
    for (const header of ["Basic YTpi", "Bearer", `Bearer ${"x".repeat(5000)}`]) {
      expect((await read(server, header)).json().error.code).toBe("not-signed-in");
    }
  });

  it("of too small a scope is told which it lacks", async () => {
    await using server = await startTestServer();
    const { headers } = await tokenFor(server, ["read"]);
    const refused = await server.app.inject({ method: "POST", url: "/api/v1/probes", headers, payload: { target: "127.0.0.1" } });
    expect([refused.statusCode, refused.json().error.message]).toEqual([403, expect.stringContaining("lacks the scope 'probe'")]);
    const never = await server.app.inject({ url: "/api/v1/users", headers });
    expect([never.statusCode, never.json().error.message]).toEqual([403, "No API token may do this; sign in with a browser."]);
  });

  it("that is guessed again and again is answered no more", async () => {
    await using server = await startTestServer();
    const statuses: number[] = [];
    for (let times = 0; times < 32; times += 1) statuses.push((await read(server, "Bearer guess")).statusCode);
    expect(statuses).toEqual([...Array(30).fill(401), 429, 429]);
  });

  it("needs a name and scopes that open something", async () => {
    await using server = await startTestServer();
    const sentence = async (payload: object) => (await make(server, payload)).json().error.message;
    expect(await sentence({ name: "  ", scopes: ["read"] })).toMatch(/Give the token a name/);
    expect(await sentence({ name: "a", scopes: [] })).toMatch(/scopes/);
    expect(await sentence({ name: "a", scopes: ["everything"] })).toMatch(/scopes/);
    expect(await sentence({ name: "a", scopes: ["read"], expiresInDays: 9999 })).toMatch(/expiresInDays/);
    expect(await server.store.tokens.list()).toEqual([]);
  });
});
