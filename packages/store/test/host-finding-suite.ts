/** What every engine of the store must do with findings about the machine that mxray runs on. */
import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AFTERWARDS, AT, hole, LATER, LATEST } from "./suite-data.ts";

const files = (at: string) =>
  hole({ code: "host-files", severity: "warning", subject: { host: null, address: null, port: null }, since: at });

export function hostFindingSuite(storeOf: () => Store): void {
  const listed = async () => (await storeOf().findings.list({ limit: 9 })).findings.map(({ finding, state }) => `${finding.code} ${state}`);

  it("opens, stays, ends and opens again, as the machine's gauges show it", async () => {
    const { findings } = storeOf();
    expect(await findings.recordHost({ agent: null, at: AT, findings: [files(AT)], ended: [] })).toBe(true);
    expect(await findings.recordHost({ agent: null, at: LATER, findings: [], ended: [] }), "nothing is judged").toBe(false);
    expect(await listed()).toEqual(["host-files open"]);
    await findings.recordLog([], { at: LATER, silentSince: LATER });
    expect(await listed(), "a silent log ends nothing here").toEqual(["host-files open"]);
    expect(await findings.recordHost({ agent: null, at: LATER, findings: [], ended: ["host-files", "host-io"] })).toBe(true);
    expect(await listed()).toEqual(["host-files fixed"]);
    expect(await findings.recordHost({ agent: null, at: LATEST, findings: [], ended: ["host-files"] })).toBe(false);
    await findings.recordHost({ agent: null, at: AFTERWARDS, findings: [files(AFTERWARDS)], ended: [] });
    expect(await listed()).toEqual(["host-files open"]);
  });

  it("keeps the machines of agents apart", async () => {
    const { findings } = storeOf();
    const of = (host: string | null) => ({ ...files(AT), subject: { host, address: null, port: null } });
    for (const agent of [null, "mx1", "mx2"]) await findings.recordHost({ agent, at: AT, findings: [of(agent)], ended: [] });
    expect(await findings.recordHost({ agent: "mx1", at: LATER, findings: [], ended: ["host-files"] })).toBe(true);
    const states = (await findings.list({ limit: 9 })).findings.map(({ finding, state }) => `${finding.subject.host} ${state}`);
    expect(states.toSorted()).toEqual(["mx1 fixed", "mx2 open", "null open"]);
  });
}
