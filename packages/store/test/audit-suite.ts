import { expect, it } from "vitest";
import type { Act, Store } from "../src/index.ts";
import { AT, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

export function auditSuite(storeOf: () => Store): void {
  const { run, screen } = storeSteps(storeOf);
  const actor = { kind: "user", id: "u1", name: "Ann" } as const;
  const act = (action: Act["action"], at = AT): Act => ({ at, actor, address: "192.0.2.7", action });
  const said = async () =>
    (await storeOf().audit.list({ limit: 50 })).map(({ action, object: { name, detail } }) => [action, name, detail]);

  it("has what was done, to what, by whom and from where, the newest first", async () => {
    const { links, settings, watches, findings, logs, probes, audit } = storeOf();
    const probeId = await run([hole()]);
    const [finding] = await findings.ofProbe(probeId);
    const findingId = finding?.id ?? "";
    const link = await links.create(screen({ tokenHash: "wall", name: "NOC" }), act("link.created"));
    await links.revoke(link.id, AT, act("link.revoked"));
    await settings.change({ helo: "mx.example.test", contact: null }, AT, act("settings.changed"));
    await findings.acknowledge(findingId, "known", AT, act("finding.acknowledged"));
    const watch = { target: "example.test", request: { target: "example.test" }, createdAt: AT, dueAt: AT };
    const put = await watches.put(watch, 9, act("watch.changed"));
    await watches.end(put?.id ?? "", act("watch.ended"));
    const source = await logs.addSource("/var/log/mail.log", "page", AT, act("log.followed"));
    await logs.removeSource(source?.id ?? 0, act("log.unfollowed"));
    await probes.delete(probeId, act("probe.deleted"));
    expect((await said()).toReversed()).toEqual([
      ["link.created", "NOC", "wall"],
      ["link.revoked", "NOC", null],
      ["settings.changed", "helo, contact", "helo: mx.example.test; contact: the default"],
      ["finding.acknowledged", finding?.finding.title, "known"],
      ["watch.changed", "example.test", "begun"],
      ["watch.ended", "example.test", null],
      ["log.followed", "/var/log/mail.log", null],
      ["log.unfollowed", "/var/log/mail.log", null],
      ["probe.deleted", "example.test", null],
    ]);
    expect((await audit.list({ limit: 1 }))[0]).toMatchObject({ ...act("probe.deleted"), object: { id: probeId } });
  });

  it("has nothing of what was not done", async () => {
    const { links, watches, findings, logs, probes, users, tokens } = storeOf();
    await logs.addSource("/var/log/mail.log", "page", AT);
    await logs.addSource("/var/log/mail.log", "page", AT, act("log.followed"));
    await links.revoke("nothing", AT, act("link.revoked"));
    await watches.end("nothing", act("watch.ended"));
    await watches.put({ target: "a.test", request: { target: "a.test" }, createdAt: AT, dueAt: AT }, 0, act("watch.changed"));
    await findings.reopen("nothing", AT, act("finding.reopened"));
    await logs.removeSource(999, act("log.unfollowed"));
    await probes.delete("nothing", act("probe.deleted"));
    await users.delete("nothing", act("user.deleted"));
    await tokens.revoke("nothing", act("token.revoked"));
    expect(await said()).toEqual([]);
  });

  it("is read page by page, narrowed by action and by part of a name, and forgotten when it is old", async () => {
    const { audit } = storeOf();
    for (const [index, at] of [AT, LATER, LATEST].entries()) {
      await audit.note(act("probe.cancelled", at), { id: String(index), name: `host${index}.example.test` });
    }
    await audit.note({ ...act("vantage.started", LATEST), actor: { kind: "owner", id: null, name: null } }, { id: null, name: null });
    const [newest, second] = await audit.list({ limit: 2 });
    expect([newest?.action, second?.object.name]).toEqual(["vantage.started", "host2.example.test"]);
    expect((await audit.list({ limit: 9, before: second?.id ?? 0 })).map(({ object }) => object.id)).toEqual(["1", "0"]);
    expect(await audit.list({ limit: 9, action: "vantage.started" })).toHaveLength(1);
    expect(await audit.list({ limit: 9, text: "HOST1" })).toHaveLength(1);
    expect(await audit.list({ limit: 9, text: "ann" })).toHaveLength(3);
    await audit.tidy(LATEST);
    expect((await audit.list({ limit: 9 })).map(({ at }) => at)).toEqual([LATEST, LATEST]);
  });
}
