/** What every engine of the store must do with channels and the outbox of alerts. */
import type { Finding } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { NewChannel, ProbeOutcome, Store } from "../src/index.ts";
import { AFTERWARDS, AT, done, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

const channel = (over: Partial<NewChannel> = {}): NewChannel => ({
  name: "noc",
  kind: "webhook",
  url: "https://hooks.example.test/x",
  secret: null,
  secretFrom: null,
  from: null,
  to: [],
  severities: ["warning", "critical"],
  remindHours: null,
  quiet: null,
  paused: false,
  ...over,
});
const timeout = () => hole({ code: "connect-timeout" });
const plus = (time: string, minutes: number) => new Date(Date.parse(time) + minutes * 60_000).toISOString();

export function alertSuite(storeOf: () => Store): void {
  const { create, run } = storeSteps(storeOf);
  const make = async (over: Partial<NewChannel> = {}) => (await storeOf().channels.create(channel(over), AT))?.id ?? "";
  const finish = async (findings: readonly Finding[], at: string, over: Partial<ProbeOutcome> = {}) => {
    const { id } = await create("example.test", at);
    await storeOf().probes.finish(id, { ...done(findings, at), ...over });
    return id;
  };
  const claim = (now: string, busy: readonly string[] = []) => storeOf().alerts.claim({ now, until: plus(now, 1), busy });
  const sent = async (now: string) => {
    const events: string[] = [];
    await storeOf().alerts.prepare(now, plus(now, 5));
    for (let due = await claim(now); due.length > 0; due = await claim(now)) {
      for (const { number, attempt, event, finding } of due) {
        events.push(`${event} ${finding?.code}`);
        await storeOf().alerts.end(number, attempt, { state: "delivered", at: now, answer: "200" });
      }
    }
    return events;
  };
  const states = async () =>
    (await storeOf().alerts.list({ limit: 50 })).alerts.map(({ event, state }) => `${event} ${state}`).toReversed();
  const findingId = async () => (await storeOf().findings.list({ limit: 1 })).findings[0]?.id ?? "";

  it("keeps channels under their names, and their secrets until they are changed", async () => {
    const id = await make({ secret: "key", quiet: { from: "22:00", to: "06:00", timezone: "UTC" } });
    expect(await storeOf().channels.create(channel(), AT)).toBeNull();
    expect(await storeOf().channels.get(id)).toMatchObject({ secret: "key", quiet: { from: "22:00" }, trouble: null });
    expect(await storeOf().channels.change(id, { paused: true })).toMatchObject({ paused: true, secret: "key" });
    const other = await make({ name: "other" });
    expect(await storeOf().channels.change(other, { name: "noc" })).toBe("name-taken");
    expect(await storeOf().channels.delete(id)).toBe(true);
    expect((await storeOf().channels.list()).map(({ name }) => name)).toEqual(["other"]);
  });

  it("writes one alert for each change and channel that hears of it, and its fix where it was sent", async () => {
    await make();
    await make({ name: "warnings", severities: ["warning"] });
    await make({ name: "off", paused: true });
    await run([hole()], AT);
    await run([hole()], LATER);
    expect(await sent(LATER)).toEqual(["opened pmtu-black-hole"]);
    await finish([], LATEST, { fixed: [{ id: await findingId(), address: "192.0.2.1" }] });
    expect(await sent(AFTERWARDS)).toEqual(["fixed pmtu-black-hole"]);
    await run([hole()], plus(AFTERWARDS, 1));
    expect(await sent(plus(AFTERWARDS, 2))).toEqual(["opened pmtu-black-hole"]);
  });

  it("sends nothing of what is gone before its first attempt, nor of a fix that did not last", async () => {
    await make();
    const settlesAt = plus(AT, 2);
    await finish([hole()], AT, { settlesAt });
    expect(await sent(plus(AT, 1))).toEqual([]);
    const fixed = [{ id: await findingId(), address: "192.0.2.1" }];
    await finish([], plus(AT, 1), { settlesAt: plus(AT, 3), fixed });
    expect(await sent(LATER)).toEqual([]);
    await finish([hole()], LATER, { settlesAt: plus(LATER, 2) });
    expect(await sent(plus(LATER, 3))).toEqual(["opened pmtu-black-hole"]);
    await finish([], plus(LATER, 4), { settlesAt: plus(LATER, 6), fixed });
    await finish([hole()], plus(LATER, 5), { settlesAt: plus(LATER, 7) });
    expect(await sent(AFTERWARDS)).toEqual([]);
    expect(await states()).toEqual(["opened dropped", "opened delivered", "fixed dropped"]);
  });

  it("lets a probe that somebody asked for alert of one lost connection when another probe confirms it", async () => {
    await make();
    await run([timeout()], AT);
    expect(await sent(AFTERWARDS)).toEqual([]);
    await run([timeout()], LATER);
    expect(await sent(AFTERWARDS)).toEqual(["opened connect-timeout"]);
    // A round has seen it twice before it records it.
    await finish([hole({ code: "connect-refused" })], LATER, { settlesAt: AFTERWARDS });
    expect(await sent(plus(LATER, 1))).toEqual(["opened connect-refused"]);
  });

  it("claims an alert for one caller, again after its lease, in the order of a finding's life", async () => {
    await make();
    await run([hole()], AT);
    const [one] = await claim(LATER);
    await finish([], plus(LATER, 0.1), { fixed: [{ id: await findingId(), address: "192.0.2.1" }] });
    expect(await claim(plus(LATER, 0.5))).toEqual([]);
    const [again] = await claim(LATEST);
    expect(again).toMatchObject({ id: one?.id, attempt: 2, event: "opened" });
    // The first caller is late: the other one's end counts.
    expect(await storeOf().alerts.end(one?.number ?? 0, 1, { state: "delivered", at: LATEST, answer: "" })).toBeNull();
    expect(await storeOf().alerts.end(one?.number ?? 0, 2, { state: "delivered", at: LATEST, answer: "" })).toBe("delivered");
    expect(await sent(LATEST)).toEqual(["fixed pmtu-black-hole"]);
  });

  it("serves each channel on its own, and none that is busy", async () => {
    const [first, second] = [await make(), await make({ name: "second" })];
    await run([hole()], AT);
    await run([hole({ code: "smtp-fixup", severity: "warning" })], AT);
    expect((await claim(LATER, [first])).map(({ channel: { id } }) => id)).toEqual([second]);
    expect((await claim(LATER, [second])).map(({ channel: { id } }) => id)).toEqual([first]);
  });

  it("gives an alert up a day after its first attempt, and drops the fix that follows it", async () => {
    const id = await make();
    await run([hole()], AT);
    const attempt = async (now: string) => {
      const [due] = await claim(now);
      const retry = { dueAt: plus(now, 5), giveUp: plus(now, -1440), answer: "no answer" };
      return await storeOf().alerts.end(due?.number ?? 0, due?.attempt ?? 0, { state: "retry", at: now, ...retry });
    };
    expect(await attempt(LATER)).toBe("waiting");
    expect(await claim(plus(LATER, 1))).toEqual([]);
    // The clock was set back.
    await storeOf().alerts.prepare(AT, plus(AT, 5));
    expect(await attempt(AT)).toBe("waiting");
    await finish([], LATEST, { fixed: [{ id: await findingId(), address: "192.0.2.1" }] });
    expect(await attempt(plus(LATER, 1439))).toBe("waiting");
    expect(await attempt(plus(LATER, 1500))).toBe("failed");
    expect(await states()).toEqual(["opened failed", "fixed dropped"]);
    expect(await storeOf().channels.list()).toMatchObject([{ id, waiting: 0, failed: 1 }]);
  });

  it("holds back what an open finding explains, and sends it when that ends first", async () => {
    await make();
    await run([timeout()], AT, [], "org1.test");
    const probeIds = [await run([timeout()], AT, [], "org1.test")];
    const explained = await findingId();
    const nobody = { host: null, address: null, port: null };
    const ours = hole({ code: "our-side", title: "On our side", subject: nobody, subjects: [nobody] });
    const fault = { vantage: "local", finding: ours, seenAt: AT, probeIds };
    await storeOf().findings.recordOurSide({ at: AT, faults: [fault], endedBy: null, explained: [explained] });
    await storeOf().alerts.prepare(LATER, LATEST);
    const [only, ...more] = await claim(LATER);
    expect([only?.finding?.code, only?.explains, more]).toEqual(["our-side", ["Packets above 1400 bytes are lost"], []]);
    await storeOf().alerts.end(only?.number ?? 0, 1, { state: "delivered", at: LATER, answer: "" });
    await storeOf().findings.recordOurSide({ at: LATEST, faults: [], endedBy: null, explained: [] });
    expect((await sent(AFTERWARDS)).toSorted()).toEqual(["fixed our-side", "opened connect-timeout"]);
  });

  it("holds back a path's hole while the local network's own small link is open", async () => {
    await make();
    await run([hole(), hole({ code: "local-mtu", severity: "warning" })], AT);
    expect(await sent(LATER)).toEqual(["opened local-mtu"]);
    expect(await states()).toContain("opened waiting");
  });

  it("sends nothing of a dismissed finding, and reminds of an open one until somebody acknowledges it", async () => {
    await make({ remindHours: 1 });
    await run([hole()], AT);
    await storeOf().findings.dismiss(await findingId(), null, AT);
    expect(await sent(LATER)).toEqual([]);
    await storeOf().findings.reopen(await findingId(), LATER);
    expect(await sent(plus(LATER, 1))).toEqual(["opened pmtu-black-hole"]);
    expect(await sent(plus(LATER, 59))).toEqual([]);
    expect(await sent(plus(LATER, 62))).toEqual(["reminder pmtu-black-hole"]);
    expect(await sent(plus(LATER, 62))).toEqual([]);
    await storeOf().findings.acknowledge(await findingId(), null, plus(LATER, 63));
    expect(await sent(plus(LATER, 600))).toEqual([]);
    await finish([], plus(LATER, 601), { fixed: [{ id: await findingId(), address: "192.0.2.1" }] });
    expect(await sent(plus(LATER, 602))).toEqual(["fixed pmtu-black-hole"]);
  });

  it("sends the fix of a finding that was dismissed after the channel had heard of it, and none where it had not", async () => {
    await make();
    await run([hole()], AT);
    expect(await sent(LATER)).toEqual(["opened pmtu-black-hole"]);
    await storeOf().findings.dismiss(await findingId(), null, LATER);
    await finish([], plus(LATER, 1), { fixed: [{ id: await findingId(), address: "192.0.2.1" }] });
    expect(await sent(plus(LATER, 2))).toEqual(["fixed pmtu-black-hole"]);
    await run([hole()], plus(LATER, 3));
    await storeOf().findings.dismiss(await findingId(), null, plus(LATER, 3));
    await finish([], plus(LATER, 4), { fixed: [{ id: await findingId(), address: "192.0.2.1" }] });
    expect(await sent(plus(LATER, 5))).toEqual([]);
  });

  it("waits for the end of maintenance of all the hosts that it is about", async () => {
    await make();
    const silenced = [{ until: LATEST, names: ["mx1.example.test"], addresses: ["192.0.2.9"] }];
    await run([hole(), hole({ code: "smtp-fixup", subject: { host: "other.test", address: "192.0.2.8", port: 25 } })], AT);
    await storeOf().alerts.prepare(LATER, plus(LATER, 5), silenced);
    expect(await sent(LATER)).toEqual(["opened smtp-fixup"]);
    const [held] = (await storeOf().alerts.list({ limit: 9, state: "waiting" })).alerts;
    expect(held).toMatchObject({ dueAt: LATEST, answer: `Held back: in maintenance until ${LATEST}.` });
    expect(await sent(LATEST)).toEqual(["opened pmtu-black-hole"]);
  });

  it("is not sent when it is fixed within the maintenance", async () => {
    await make();
    await run([hole()], AT);
    await storeOf().alerts.prepare(LATER, plus(LATER, 5), [{ until: LATEST, names: [], addresses: ["192.0.2.1"] }]);
    await finish([], plus(LATER, 9), { fixed: [{ id: await findingId(), address: "192.0.2.1" }] });
    expect(await sent(LATEST)).toEqual([]);
    expect(await states()).toEqual(["opened dropped"]);
  });

  it("waits for the end of quiet hours", async () => {
    await make({ quiet: { from: "22:00", to: "06:00", timezone: "UTC" } });
    await run([hole()], "2026-03-01T23:30:00.000Z");
    expect(await sent("2026-03-02T05:59:00.000Z")).toEqual([]);
    expect(await sent("2026-03-02T06:00:00.000Z")).toEqual(["opened pmtu-black-hole"]);
  });

  it("knows what a channel has reported and is still open", async () => {
    const id = await make({ kind: "alertmanager" });
    await run([hole()], AT);
    expect(await storeOf().alerts.reported(id)).toEqual([]);
    await sent(LATER);
    expect(await storeOf().alerts.reported(id)).toMatchObject([{ findingId: await findingId(), finding: { code: "pmtu-black-hole" } }]);
    await storeOf().findings.dismiss(await findingId(), null, LATEST);
    expect(await storeOf().alerts.reported(id)).toEqual([]);
  });

  it("claims regular calls for one caller, and is not confused by a clock that is set back", async () => {
    await make({ kind: "heartbeat" });
    const calls = async (now: string) => (await storeOf().channels.claimCalls(["heartbeat"], now, plus(now, 1))).length;
    expect([await calls(LATER), await calls(LATER), await calls(plus(LATER, 1)), await calls(AT)]).toEqual([1, 0, 1, 1]);
    await run([hole()], AT);
    expect(await states()).toEqual([]);
  });

  it("sends a test, and forgets what ended long ago but not the last of what is open", async () => {
    const id = await make();
    expect(await storeOf().alerts.test("nobody", AT)).toBeNull();
    const test = await storeOf().alerts.test(id, AT);
    await run([hole()], AT);
    expect(await sent(LATER)).toEqual(["test undefined", "opened pmtu-black-hole"]);
    const { alerts, next } = await storeOf().alerts.list({ limit: 1 });
    expect([alerts[0]?.event, (await storeOf().alerts.list({ limit: 9, before: next ?? 0 })).alerts.map((one) => one.id)]).toEqual([
      "opened",
      [test],
    ]);
    await storeOf().alerts.tidy(LATEST);
    expect(await states()).toEqual(["opened delivered"]);
  });
}
