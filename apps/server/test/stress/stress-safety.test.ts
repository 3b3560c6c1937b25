/** Each rule of stress tests, and a way around it that must not work. */
import { TOKEN_SCOPES, USER_ROLES } from "@mxray/contracts";
import { describe, expect, it } from "vitest";
import { signInAs, tokenFor } from "../people.ts";
import { startTestServer } from "../test-server.ts";
import { REQUEST, type StressServer, startStressServer, stressRun } from "./stress-server.ts";

const post = async ({ app, headers }: Pick<StressServer, "app" | "headers">, payload: object, as: object = headers) =>
  await app.inject({ method: "POST", url: "/api/v1/stress", headers: { ...as }, payload });

describe("a stress run is refused", () => {
  it.each([
    ["a host that the file does not list", { target: "127.0.0.1:25" }, "target-not-allowed"],
    ["another host by a listed one's name", { target: "127.0.0.1:2525@192.0.2.1" }, "target-not-allowed"],
    ["a listed public address without a proof", { target: "8.8.8.8:25", confirm: "8.8.8.8" }, "target-not-allowed"],
    ["a host that was not typed", { confirm: "" }, "stress-not-confirmed"],
    ["a host that was typed otherwise", { confirm: "localhost" }, "stress-not-confirmed"],
    ["a recipient elsewhere", { load: { recipients: ["someone@example.com"] } }, "target-not-allowed"],
    ["a recipient elsewhere among others", { load: { recipients: ["a@example.test", "b@example.com"] } }, "target-not-allowed"],
    ["a recipient in a domain below", { load: { recipients: ["a@sub.example.test"] } }, "target-not-allowed"],
    ["a recipient that holds a command", { load: { recipients: ["a@example.test>\r\nRCPT TO:<b@example.com"] } }, "target-not-allowed"],
    ["a sender that holds a command", { load: { from: "a@example.test>\r\nDATA" } }, "target-not-allowed"],
    ["a name for HELO that hides what it is", { load: { helo: "mail.example.com" } }, "target-not-allowed"],
    ["more sessions than the cap", { load: { sessions: 1001 } }, "target-not-allowed"],
    ["a longer run than the cap", { load: { seconds: 3601 } }, "target-not-allowed"],
    ["more messages than the cap", { load: { messages: 10_000_001 } }, "target-not-allowed"],
    ["larger messages than the cap", { load: { size: { least: 1000, most: 50_000_001 } } }, "target-not-allowed"],
    ["credentials in the request", { load: { credentials: { user: "a", password: "b" } } }, "invalid-request"],
    ["an address in the request", { address: "192.0.2.1" }, "invalid-request"],
  ])("with %s", async (_what, change, code) => {
    await using server = await startStressServer();
    const answer = await post(server, { ...REQUEST, ...change });
    expect(answer.json()).toMatchObject({ error: { code } });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(server.loads).toEqual([]);
    expect((await server.store.stress.list(10)).length).toBe(0);
  });

  it("to all but admins", async () => {
    await using server = await startStressServer();
    for (const role of USER_ROLES.filter((one) => one !== "admin")) {
      const { headers } = await signInAs(server, role);
      expect((await post(server, REQUEST, headers)).statusCode).toBe(403);
      expect((await server.app.inject({ url: "/api/v1/stress/targets", headers })).statusCode).toBe(403);
    }
    expect(server.loads).toEqual([]);
  });

  it("to API tokens, whatever their scopes, also beside an admin's session", async () => {
    await using server = await startStressServer();
    const { headers } = await tokenFor(server, TOKEN_SCOPES);
    expect((await post(server, REQUEST, headers)).statusCode).toBe(403);
    expect((await post(server, REQUEST, { ...server.headers, ...headers })).statusCode).toBe(403);
    expect(server.loads).toEqual([]);
  });

  it("while another runs, also when both are asked for at once", async () => {
    await using server = await startStressServer();
    const answers = await Promise.all([
      post(server, REQUEST),
      post(server, REQUEST),
      post(server, { ...REQUEST, target: "localhost:2526" }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([202, 409, 409]);
    expect(server.loads).toHaveLength(1);
    expect((await post(server, REQUEST)).json()).toMatchObject({ error: { code: "stress-running" } });
    const { load } = server;
    load().finish(stressRun(load().order));
    await expect.poll(async () => (await post(server, REQUEST)).statusCode, { timeout: 20_000 }).toBe(202);
  });

  it("where no file lists hosts", async () => {
    await using server = await startTestServer();
    expect((await post(server, REQUEST)).json()).toMatchObject({ error: { code: "target-not-allowed" } });
    const { problem } = (await server.app.inject({ url: "/api/v1/stress/targets", headers: server.headers })).json();
    expect(problem).toContain("MXRAY_STRESS_TARGETS");
  });
});

it("credentials of a target are used and never shown", async () => {
  await using server = await startStressServer();
  const list = await server.app.inject({ url: "/api/v1/stress/targets", headers: server.headers });
  expect(list.json().targets).toMatchObject([{ credentials: false }, { host: "localhost", credentials: true }, { proof: null }]);
  const begun = await post(server, { ...REQUEST, target: "localhost:2526", confirm: "LocalHost" });
  expect(begun.statusCode).toBe(202);
  expect(server.load().order.plan.credentials).toEqual({ user: "probe", password: "secret" });
  const detail = await server.app.inject({ url: begun.headers.location as string, headers: server.headers });
  for (const { body } of [list, begun, detail]) expect(body).not.toContain("secret");
});

it("each connection and message names who runs what", async () => {
  await using server = await startStressServer();
  const { headers } = await signInAs(server, "admin", "Ada Lovelace");
  const id = (await post(server, REQUEST, headers)).json().id;
  const { about, options } = server.load().order.plan;
  expect(about).toEqual({ run: id, by: "Ada Lovelace", host: "probe.corp.example" });
  expect(options.helo).toBe("mxray-stress.Ada-Lovelace.probe.corp.example");
});

it("each run is in the audit, with who and what", async () => {
  await using server = await startStressServer();
  const { headers, id: user } = await signInAs(server, "admin", "Ada");
  const id = (await post(server, REQUEST, headers)).json().id;
  await server.app.inject({ method: "POST", url: `/api/v1/stress/${id}/cancel`, headers });
  await expect.poll(async () => (await server.app.inject({ method: "DELETE", url: `/api/v1/stress/${id}`, headers })).statusCode).toBe(204);
  const acts = (await server.store.audit.list({ limit: 10 })).filter(({ action }) => action.startsWith("stress."));
  expect(acts).toMatchObject([
    { action: "stress.deleted", actor: { id: user }, object: { id, name: "127.0.0.1:2525" } },
    { action: "stress.cancelled", actor: { id: user, name: "Ada" }, object: { id, name: "127.0.0.1:2525" } },
    { action: "stress.started", actor: { id: user }, object: { id, name: "127.0.0.1:2525", detail: `127.0.0.1, 5 sessions, run ${id}` } },
  ]);
});
