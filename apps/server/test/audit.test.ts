import { AUDIT_ACTIONS } from "@mxray/contracts";
import { describe, expect, it } from "vitest";
import { signInAs } from "./people.ts";
import { startTestServer } from "./test-server.ts";

/** Recorded elsewhere: sign-in (users.test.ts), and what needs a lab, a log or a finding (audit-suite.ts of the store). */
const ELSEWHERE = [
  "session.begun",
  "session.refused",
  "user.password-set",
  "agent.enrolled",
  "finding.acknowledged",
  "finding.dismissed",
  "finding.reopened",
  "log.followed",
  "log.unfollowed",
  "vantage.started",
  "vantage.stopped",
  "probe.cancelled",
  "stress.started",
  "stress.cancelled",
  "stress.deleted",
];

describe("the audit", () => {
  it("says of each act who did it and from where, and nothing of what was refused", async () => {
    await using server = await startTestServer();
    const { app, store } = server;
    const { headers, id } = await signInAs(server, "admin", "ann");
    const call = async (method: "POST" | "PUT" | "PATCH" | "DELETE", url: string, payload?: object) => {
      const response = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      return { status: response.statusCode, body: response.body === "" ? {} : response.json() };
    };
    const before = (await store.audit.list({ limit: 200 })).length;
    for (const [method, url, payload] of [
      ["POST", "/api/v1/users", { name: "ann", role: "viewer" }],
      ["POST", "/api/v1/tokens", { name: " ", scopes: ["read"] }],
      ["PATCH", "/api/v1/settings", { logDays: "many" }],
      ["POST", "/api/v1/probes", { target: "203.0.113.9" }],
      ["PUT", "/api/v1/watches", { target: "not a target" }],
      ["POST", "/api/v1/channels", { name: "noc", kind: "email", url: "smtp://relay.example.test" }],
      ["DELETE", "/api/v1/links/nothing", undefined],
    ] as const) {
      expect((await call(method, url, payload)).status, url).toBeGreaterThanOrEqual(400);
    }
    expect(await store.audit.list({ limit: 200 })).toHaveLength(before);

    const user = (await call("POST", "/api/v1/users", { name: "bob", role: "viewer" })).body.user.id;
    await call("PATCH", `/api/v1/users/${user}`, { role: "operator" });
    await call("DELETE", `/api/v1/users/${user}`);
    const token = (await call("POST", "/api/v1/tokens", { name: "ci", scopes: ["read"] })).body.id;
    await call("DELETE", `/api/v1/tokens/${token}`);
    const agent = (await call("POST", "/api/v1/agents", { name: "mx1" })).body.agent.id;
    await call("POST", `/api/v1/agents/${agent}/token`);
    await call("DELETE", `/api/v1/agents/${agent}`);
    await call("PATCH", "/api/v1/settings", { contact: "postmaster@example.test" });
    const link = (await call("POST", "/api/v1/links/wall", { name: "NOC" })).body.id;
    await call("DELETE", `/api/v1/links/${link}`);
    const watch = (await call("PUT", "/api/v1/watches", { target: "127.0.0.1" })).body.id;
    await call("DELETE", `/api/v1/watches/${watch}`);
    const window = { name: "patch", targets: [], tags: ["a"], beginsAt: null, cron: "0 2 * * 2", timezone: "UTC", minutes: 60 };
    await call("PUT", "/api/v1/maintenance", window);
    await call("DELETE", "/api/v1/maintenance/patch");
    const hook = { name: "noc", kind: "webhook", url: "http://127.0.0.1:1/", secret: "s3cret" };
    const channel = (await call("POST", "/api/v1/channels", hook)).body.id;
    await call("PATCH", `/api/v1/channels/${channel}`, { severities: ["critical"] });
    await call("POST", `/api/v1/channels/${channel}/test`);
    await call("DELETE", `/api/v1/channels/${channel}`);
    const probe = (await call("POST", "/api/v1/probes", { target: "127.0.0.1" })).body.id;
    await call("DELETE", `/api/v1/probes/${probe}`);
    await call("DELETE", "/api/v1/session");
    const recorded = (await store.audit.list({ limit: 200 })).slice(0, -before).toReversed();
    expect(recorded.map(({ action, object }) => `${action} ${object.name ?? ""}`.trim())).toEqual([
      "user.created bob",
      "user.invited bob",
      "user.changed bob",
      "user.deleted bob",
      "token.created ci",
      "token.revoked ci",
      "agent.created mx1",
      "agent.invited mx1",
      "agent.revoked mx1",
      "settings.changed contact",
      "link.created NOC",
      "link.revoked NOC",
      "watch.changed 127.0.0.1",
      "watch.ended 127.0.0.1",
      "maintenance.changed patch",
      "maintenance.deleted patch",
      "channel.created noc",
      "channel.changed noc",
      "channel.tested noc",
      "channel.deleted noc",
      "probe.started 127.0.0.1",
      "probe.deleted 127.0.0.1",
      "session.ended",
    ]);
    for (const { actor, address } of recorded) expect([actor, address]).toEqual([{ kind: "user", id, name: "ann" }, "127.0.0.1"]);
    expect(JSON.stringify(recorded)).not.toContain(hook.secret);
    const seen = new Set<string>(recorded.map(({ action }) => action));
    expect(AUDIT_ACTIONS.filter((action) => !seen.has(action)).toSorted()).toEqual(ELSEWHERE.toSorted());
  });

  it("is read by admins, page by page", async () => {
    await using server = await startTestServer();
    for (let index = 0; index < 5; index += 1) await signInAs(server, "viewer", `user${index}`);
    const read = async (query: string) => (await server.app.inject({ url: `/api/v1/audit?${query}`, headers: server.headers })).json();
    const first = await read("limit=3");
    expect(first.entries.map(({ object }: { object: { name: string } }) => object.name)).toEqual(["user4", "user3", "user2"]);
    const rest = await read(`limit=3&before=${first.next}`);
    expect([rest.entries.length, rest.next]).toEqual([2, null]);
    expect((await read("text=USER3")).entries).toHaveLength(1);
    expect((await read("action=token.created")).entries).toEqual([]);
    expect((await read("action=nothing")).error.code).toBe("invalid-request");
  });
});
