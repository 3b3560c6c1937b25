/** What every engine of the store must do with a fault on our side and the findings that it explains. */
import type { Finding } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { OurSideState, Store } from "../src/index.ts";
import { AFTERWARDS, AT, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

const NOBODY = { host: null, address: null, port: null };
const ours = (over: Partial<Finding> = {}) => hole({ code: "our-side", title: "On our side", subject: NOBODY, ...over });

export function ourSideSuite(storeOf: () => Store): void {
  const { run } = storeSteps(storeOf);
  const timeout = (number: number) =>
    hole({ code: "connect-timeout", subject: { host: `mx.org${number}.test`, address: `198.51.${number}.25`, port: 25 } });
  const idOf = async (probeId: string) =>
    (await storeOf().findings.ofProbe(probeId)).find(({ finding }) => finding.code !== "our-side")?.id;
  const listed = async () => (await storeOf().findings.list({ limit: 9 })).findings.map(({ finding, state }) => `${finding.code} ${state}`);
  const begin = async () => {
    const probeIds = [await run([timeout(1)], AT, [], "org1.test"), await run([timeout(2)], LATER, [], "org2.test")];
    const explained = (await Promise.all(probeIds.map(idOf))).map((id) => id ?? "");
    const fault = { vantage: "local", finding: ours(), seenAt: LATER, probeIds };
    const state: OurSideState = { at: LATER, faults: [fault], endedBy: null, explained };
    return { probeIds, explained, fault, state };
  };

  it("is one finding, and what it explains is in no list and points to it", async () => {
    const { state, probeIds, explained } = await begin();
    expect(await storeOf().findings.recordOurSide(state)).toBe(true);
    expect(await listed()).toEqual(["our-side open"]);
    expect(await storeOf().findings.count({})).toMatchObject({ open: 1 });
    const [one] = (await storeOf().findings.list({ limit: 9 })).findings;
    const id = one?.id ?? "";
    expect(one).toMatchObject({ probeId: probeIds[1], lastSeenAt: LATER, subjects: [{ address: null, vantage: "local" }] });
    expect((await storeOf().findings.absorbedBy(id)).map((each) => each.id).toSorted()).toEqual(explained.toSorted());
    expect((await storeOf().findings.get(explained[0] ?? ""))?.explainedBy).toEqual({ id, code: "our-side", title: "On our side" });
    expect((await storeOf().findings.ofProbe(probeIds[0] ?? "")).map((each) => each.id).toSorted()).toEqual([id, explained[0]].toSorted());
    const wall = await storeOf().wall.facts({ now: 0, since: AT, findings: 9, changed: 9, probes: 9 });
    expect([wall.findingCount, wall.findings.length, wall.changed.length]).toEqual([1, 1, 1]);
    const { peers } = await storeOf().peers.list({ limit: 9, now: Date.parse(LATER) / 1000 });
    expect(peers.filter(({ trouble }) => trouble !== null)).toEqual([]);
    expect(await storeOf().findings.recordOurSide(state)).toBe(false);
  });

  it("ends with what it explained as it was before, acknowledged or not", async () => {
    const { state, explained } = await begin();
    await storeOf().findings.acknowledge(explained[0] ?? "", null, LATER);
    await storeOf().findings.recordOurSide(state);
    const works = await run([], LATEST, [], "org3.test");
    expect(await storeOf().findings.recordOurSide({ at: LATEST, faults: [], endedBy: works, explained: [] })).toBe(true);
    expect((await listed()).toSorted()).toEqual(["connect-timeout acknowledged", "connect-timeout open", "our-side fixed"]);
    const [fixed] = (await storeOf().findings.list({ limit: 9, states: ["fixed"] })).findings;
    expect(fixed).toMatchObject({ fixedAt: LATEST, fixedBy: works });
    expect((await storeOf().findings.get(explained[0] ?? ""))?.explainedBy).toBeNull();
    expect(await storeOf().findings.recordOurSide({ at: LATEST, faults: [], endedBy: works, explained: [] })).toBe(false);
    // Neither does what it explained end with it.
    await storeOf().findings.recordLog([], { at: LATEST, silentSince: AT });
    expect((await listed()).toSorted()).toEqual(["connect-timeout acknowledged", "connect-timeout open", "our-side fixed"]);
    await storeOf().findings.recordOurSide({
      ...state,
      at: AFTERWARDS,
      faults: state.faults.map((one) => ({ ...one, seenAt: AFTERWARDS })),
    });
    expect(await listed()).toEqual(["our-side open"]);
  });

  it("of two vantages lasts until both are well, and lets go of what it no longer explains", async () => {
    const { state, fault, explained } = await begin();
    await storeOf().findings.recordOurSide({ ...state, faults: [fault, { ...fault, vantage: "other" }] });
    expect(await storeOf().findings.recordOurSide({ ...state, explained: explained.slice(0, 1) })).toBe(true);
    expect((await listed()).toSorted()).toEqual(["connect-timeout open", "our-side open"]);
  });

  it("is one finding with what a log shows of our side, and is fixed with it", async () => {
    const { state, fault } = await begin();
    const { findings } = storeOf();
    await findings.recordOurSide(state);
    const [kept] = (await findings.list({ limit: 9 })).findings;
    const sign = { ...fault.finding, code: "log-our-side" as const };
    const reads: Finding = { ...fault.finding, absorbs: ["log-our-side"] };
    const absorbedBy = { id: kept?.id ?? "", vantage: "local", finding: reads };
    const log = () => findings.recordLog([{ finding: sign, signAt: LATER, absorbedBy }], { at: LATER, silentSince: AT });
    await log();
    expect(await listed()).toEqual(["our-side open"]);
    await findings.recordOurSide(state);
    expect(await listed()).toEqual(["our-side open"]);
    const works = await run([], LATEST, [], "org3.test");
    await findings.recordOurSide({ at: LATEST, faults: [], endedBy: works, explained: [] });
    await findings.recordLog([], { at: LATEST, silentSince: AT });
    expect((await listed()).filter((one) => one.includes("our-side")).toSorted()).toEqual(["log-our-side fixed", "our-side fixed"]);
  });

  it("is not computed again from one observation", async () => {
    const { state } = await begin();
    await storeOf().findings.recordOurSide(state);
    expect((await storeOf().findings.standing()).map(({ subjects: [first] }) => first?.finding.code)).toEqual([
      "connect-timeout",
      "connect-timeout",
    ]);
  });

  it("lets go of what it explained when its probes are forgotten", async () => {
    const { state, explained } = await begin();
    const other = await run([timeout(1), timeout(2)], LATER, [], "org3.test");
    await storeOf().findings.recordOurSide(state);
    for (const id of state.faults[0]?.probeIds ?? []) await storeOf().probes.delete(id);
    expect(await storeOf().findings.ofProbe(other)).toHaveLength(explained.length);
    expect((await listed()).toSorted()).toEqual(["connect-timeout open", "connect-timeout open"]);
  });
}
