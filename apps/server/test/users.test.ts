import { describe, expect, it } from "vitest";
import { signInAs } from "./people.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

const HTML = { accept: "text/html" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const PASSWORD = "correct horse battery";

const post = (server: TestServer, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: "POST",
    url: "/sign-in",
    headers: { ...FORM, ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
const cookieOf = (response: { headers: Record<string, unknown> }) => ({
  cookie: String(response.headers["set-cookie"] ?? "").split(";")[0] ?? "",
});
const session = async (server: TestServer, headers: Record<string, string>) => await server.app.inject({ url: "/api/v1/session", headers });

/** The owner adds a user, who chooses a password. */
async function invited(server: TestServer, name = "ann", role = "operator") {
  const { app, headers } = server;
  const made = await app.inject({ method: "POST", url: "/api/v1/users", headers, payload: { name, role } });
  expect(made.statusCode).toBe(201);
  const { user, url } = made.json();
  const token = new URL(url).searchParams.get("token") ?? "";
  return { id: user.id as string, token };
}

describe("a single person", () => {
  it("notices nothing of users: the link is all there is", async () => {
    await using server = await startTestServer();
    expect((await session(server, server.headers)).json()).toMatchObject({ role: "admin", user: null });
    const page = await server.app.inject({ url: "/", headers: HTML });
    expect(page.statusCode).toBe(401);
    expect(page.body).not.toContain("password");
    expect((await server.app.inject({ url: "/sign-in", headers: HTML })).body).toBe(page.body);
  });
});

describe("a user", () => {
  it("is invited, chooses a password by a link that works once, signs in with it from then on", async () => {
    await using server = await startTestServer();
    const { token } = await invited(server);
    const page = await server.app.inject({ url: `/sign-in?token=${token}`, headers: HTML });
    expect(page.body).toContain("Choose a password");
    expect(page.body).toContain("ann");
    for (const [fields, problem] of [
      [{ password: PASSWORD, repeated: `${PASSWORD}!` }, "The two passwords differ."],
      [{ password: "short", repeated: "short" }, "12 to 200 characters"],
      [{}, "12 to 200 characters"],
    ] as const) {
      const refused = await post(server, { token, ...fields });
      expect(refused.statusCode).toBe(400);
      expect(refused.body).toContain(problem);
      expect(refused.headers["set-cookie"]).toBeUndefined();
    }
    const chosen = await post(server, { token, password: PASSWORD, repeated: PASSWORD });
    expect(chosen.statusCode).toBe(303);
    expect((await session(server, cookieOf(chosen))).json()).toMatchObject({ role: "operator", user: { name: "ann" } });
    expect((await post(server, { token, password: PASSWORD, repeated: PASSWORD })).statusCode).toBe(410);

    const asked = await server.app.inject({ url: "/diagnose", headers: HTML });
    expect(asked.statusCode).toBe(401);
    expect(asked.body).toContain('name="password"');
    const signedIn = await post(server, { name: " Ann ", password: PASSWORD }, cookieOf(chosen));
    expect(signedIn.statusCode).toBe(303);
    expect((await session(server, cookieOf(signedIn))).statusCode).toBe(200);
    // Rotated: the session that the browser had before has ended.
    expect((await session(server, cookieOf(chosen))).statusCode).toBe(401);
  });

  it("with a wrong password, without one, disabled or unknown gets the same answer", async () => {
    await using server = await startTestServer();
    const { id, token } = await invited(server);
    const bodies = new Set<string>();
    const refused = async (fields: Record<string, string>) => {
      const { statusCode, body, headers } = await post(server, fields);
      expect([statusCode, headers["set-cookie"]]).toEqual([401, undefined]);
      bodies.add(body);
    };
    await refused({ name: "ann", password: "" });
    await refused({ name: "ann", password: PASSWORD });
    await post(server, { token, password: PASSWORD, repeated: PASSWORD });
    await refused({ name: "ann", password: `${PASSWORD}!` });
    await refused({ name: "nobody", password: PASSWORD });
    await refused({});
    await server.app.inject({ method: "PATCH", url: `/api/v1/users/${id}`, headers: server.headers, payload: { disabled: true } });
    await refused({ name: "ann", password: PASSWORD });
    expect(bodies.size).toBe(1);
    const refusals = await server.store.audit.list({ limit: 50, action: "session.refused" });
    expect(refusals.map(({ actor }) => actor.name)).toEqual(["ann", "ann", "ann", "ann"]);
  });

  it("may guess ten passwords a minute, and shuts nobody else out", async () => {
    await using server = await startTestServer({ env: { MXRAY_TRUSTED_PROXIES: "127.0.0.0/8" } });
    const { token } = await invited(server);
    await post(server, { token, password: PASSWORD, repeated: PASSWORD });
    const from = (address: string, password = "wrong") => post(server, { name: "ann", password }, { "x-forwarded-for": address });
    const guesses: number[] = [];
    for (let times = 0; times < 12; times += 1) guesses.push((await from("198.51.100.66")).statusCode);
    expect(guesses).toEqual([...Array(10).fill(401), 429, 429]);
    const late = await from("198.51.100.66", PASSWORD);
    expect([late.statusCode, late.headers["retry-after"]]).toEqual([429, expect.anything()]);
    expect(late.body).toContain("Sign-in refused");
    expect((await from("192.0.2.1", PASSWORD)).statusCode).toBe(303);
  });

  it("changes the password with the old one; other sessions end", async () => {
    await using server = await startTestServer();
    const { token } = await invited(server);
    const here = cookieOf(await post(server, { token, password: PASSWORD, repeated: PASSWORD }));
    const elsewhere = cookieOf(await post(server, { name: "ann", password: PASSWORD }));
    const change = (current: string, password: string, headers: Record<string, string> = here) =>
      server.app.inject({ method: "POST", url: "/api/v1/session/password", headers, payload: { current, password } });
    expect((await change("wrong", "another good one")).json()).toMatchObject({ error: { code: "wrong-password" } });
    expect((await change(PASSWORD, "short")).json()).toMatchObject({ error: { code: "invalid-password" } });
    expect((await change(PASSWORD, "another good one", server.headers)).json()).toMatchObject({ error: { code: "no-password" } });
    expect((await change(PASSWORD, "another good one")).statusCode).toBe(204);
    expect([(await session(server, here)).statusCode, (await session(server, elsewhere)).statusCode]).toEqual([200, 401]);
    expect((await post(server, { name: "ann", password: PASSWORD })).statusCode).toBe(401);
    expect((await post(server, { name: "ann", password: "another good one" })).statusCode).toBe(303);
  });

  it("loses the session, and live events, at once when disabled", async () => {
    await using server = await startTestServer();
    const { id, headers } = await signInAs(server, "viewer");
    await server.app.listen({ host: "127.0.0.1", port: 0 });
    const events = await fetch(`${server.app.publicUrl().replace(/:\d+$/, "")}:${portOf(server)}/api/v1/events`, { headers });
    expect(events.status).toBe(200);
    const from = performance.now();
    const read = (async () => {
      for await (const _ of events.body ?? []);
    })();
    await server.app.inject({ method: "PATCH", url: `/api/v1/users/${id}`, headers: server.headers, payload: { disabled: true } });
    await read;
    expect(performance.now() - from).toBeLessThan(5000);
    expect((await session(server, headers)).statusCode).toBe(401);
  });

  it("cannot change the own account; names are taken once; the owner comes in whatever happens to the admins", async () => {
    await using server = await startTestServer();
    const admin = await signInAs(server, "admin");
    const call = (method: "POST" | "PATCH" | "DELETE", url: string, payload?: object, headers: Record<string, string> = admin.headers) =>
      server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    expect((await call("PATCH", `/api/v1/users/${admin.id}`, { role: "viewer" })).json()).toMatchObject({ error: { code: "own-account" } });
    expect((await call("DELETE", `/api/v1/users/${admin.id}`)).json()).toMatchObject({ error: { code: "own-account" } });
    expect((await call("POST", "/api/v1/users", { name: "ADMIN", role: "viewer" })).json()).toMatchObject({
      error: { code: "name-taken", message: expect.stringContaining("'ADMIN'") },
    });
    expect((await call("POST", "/api/v1/users", { name: "a b<script>", role: "viewer" })).statusCode).toBe(400);
    expect((await call("PATCH", "/api/v1/users/nobody", { role: "viewer" })).statusCode).toBe(404);
    expect((await call("DELETE", `/api/v1/users/${admin.id}`, undefined, server.headers)).statusCode).toBe(204);
    expect((await session(server, admin.headers)).statusCode).toBe(401);
    expect((await session(server, server.headers)).json()).toMatchObject({ role: "admin", user: null });
  });
});

function portOf({ app }: TestServer): number {
  const address = app.server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server listens nowhere.");
  return address.port;
}
