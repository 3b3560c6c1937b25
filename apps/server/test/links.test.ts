import { expect, it } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

const post = async ({ app, headers }: TestServer, url: string, payload: object) =>
  await app.inject({ method: "POST", url: `/api/v1${url}`, headers, payload });

async function doneProbe({ store }: TestServer): Promise<string> {
  const at = "2026-03-01T10:00:00.000Z";
  const { id } = await store.probes.create({
    target: "example.test",
    request: { target: "example.test" },
    createdAt: at,
    previousId: null,
  });
  const observation = { durationMs: 1 } as never;
  await store.probes.finish(id, { status: "done", finishedAt: at, observation, findings: [], fixed: [], verdict: null, error: null });
  return id;
}

it("one list holds links to diagnoses and to the wall; neither opens what the other does", async () => {
  await using server = await startTestServer();
  const diagnosis = (await post(server, "/links/diagnosis", { probeId: await doneProbe(server) })).json();
  const wall = (await post(server, "/links/wall", { name: " NOC " })).json();
  const { links } = (await server.app.inject({ url: "/api/v1/links", headers: server.headers })).json();
  expect(links).toMatchObject([
    { id: wall.id, opens: "wall", name: "NOC", probeId: null, expiresAt: null, opened: 0 },
    { id: diagnosis.id, opens: "diagnosis", name: "example.test", probeId: diagnosis.probeId, opened: 0 },
  ]);
  expect([diagnosis.url, wall.url]).toEqual([`http://localhost:8425/d/${diagnosis.token}`, `http://localhost:8425/wall/${wall.token}`]);
  for (const url of [`/d/${wall.token}`, `/wall/${diagnosis.token}`, `/api/v1/wall?token=${diagnosis.token}`]) {
    expect((await server.app.inject({ url })).statusCode, url).toBe(404);
  }
  expect((await server.app.inject({ url: "/api/v1/links", headers: server.headers })).json().links).toEqual(links);
});

it("scripts that name shares and wall links go on working", async () => {
  await using server = await startTestServer();
  const made = [
    await post(server, "/shares", { probeId: await doneProbe(server), expiresInDays: 7 }),
    await post(server, "/wall-links", { name: "NOC" }),
  ];
  expect(made.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
  for (const [index, path] of ["/shares", "/wall-links"].entries()) {
    const { id, token } = made[index]?.json() ?? {};
    expect(token).toMatch(/^[\w-]{27}$/);
    const revoke = await server.app.inject({ method: "DELETE", url: `/api/v1${path}/${id}`, headers: server.headers });
    expect(revoke.statusCode, path).toBe(204);
  }
  const bad = await post(server, "/links/diagnosis", { name: "NOC" });
  expect(bad.statusCode).toBe(400);
  expect(bad.json().error.message).toContain("'name'");
});
