/** Findings of logs, for every engine of the store: their signs, their causes, their ends. */
import type { Finding } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { sign } from "./log-suite-data.ts";

/**
 * @param store the one of the test that runs
 * @param probed makes a finding of a probe, and gives its id
 * @param prove has a probe prove a finding gone, and gives the probe's id
 */
export function logFindingSuite(
  store: () => Store,
  probed: (finding: Finding) => Promise<string>,
  prove: (findingId: string, at: string) => Promise<string>,
): void {
  it("lists a finding of logs again when what explained it is forgotten with its probe", async () => {
    const { findings, probes } = store();
    const cause = sign({ code: "pmtu-black-hole", absorbs: ["log-outbound-stalls"] });
    const id = await probed(cause);
    const at = "2026-03-05T00:00:00.000Z";
    await findings.recordLog([{ finding: sign(), signAt: at, absorbedBy: { id, vantage: "local", finding: cause } }], {
      at,
      silentSince: at,
    });
    expect((await findings.list({ limit: 10 })).findings).toMatchObject([{ id }]);
    await probes.delete((await findings.get(id))?.probeId ?? "");
    expect((await findings.list({ limit: 10 })).findings).toMatchObject([{ finding: { code: "log-outbound-stalls" } }]);
  });

  it("forgets a finding of logs that was fixed long ago, and no other", async () => {
    const { findings } = store();
    const times = { at: "2026-03-09T00:00:00.000Z", silentSince: "2026-03-06T00:00:00.000Z" };
    await findings.recordLog([{ finding: sign(), signAt: "2026-03-05T00:00:00.000Z", absorbedBy: null }], times);
    await probed(sign({ code: "pmtu-black-hole" }));
    const codes = async () =>
      (await findings.list({ limit: 10 })).findings.map(({ finding, state }) => `${finding.code} ${state}`).toSorted();
    await findings.tidy("2027-01-01T00:00:00.000Z");
    expect(await codes()).toEqual(["log-outbound-stalls open", "pmtu-black-hole open"]);
    await findings.recordLog([], times);
    await findings.tidy(times.at);
    expect(await codes()).toEqual(["log-outbound-stalls fixed", "pmtu-black-hole open"]);
    await findings.tidy("2026-03-09T00:00:00.001Z");
    expect(await codes()).toEqual(["pmtu-black-hole open"]);
  });

  it("takes signs of logs, and no older text, to a finding that a probe has seen since", async () => {
    const { findings, probes } = store();
    const times = { at: "2026-03-09T00:00:00.000Z", silentSince: "2026-03-06T00:00:00.000Z" };
    const probe = async (title: string) => {
      const { id } = await probes.create({ target: "mx", request: { target: "mx" }, createdAt: times.at, previousId: null });
      const found: Finding = { ...sign(), code: "pmtu-black-hole", title };
      const rest = { observation: null, fixed: [], verdict: null, error: null };
      await probes.finish(id, { status: "done", finishedAt: times.at, findings: [found], ...rest });
    };
    await probe("Packets above 1400 bytes are lost");
    const [cause] = await findings.unfixedAbout([sign().subject.address ?? ""]);
    if (cause === undefined) throw new Error("There is no cause.");
    await probe("Packets above 1300 bytes are lost");
    const logged = { at: times.at, source: "log" as const, text: "…", data: {} };
    const reads = { ...cause.finding, absorbs: ["log-outbound-stalls" as const], evidence: [logged] };
    await findings.recordLog(
      [{ finding: sign(), signAt: times.at, absorbedBy: { id: cause.id, vantage: cause.vantage, finding: reads } }],
      times,
    );
    const { findings: shown } = await findings.list({ limit: 10 });
    expect(shown).toMatchObject([
      { finding: { title: "Packets above 1300 bytes are lost", absorbs: ["log-outbound-stalls"], evidence: [{ source: "log" }] } },
    ]);
  });

  it("keeps findings of logs: seen by their signs, joined with a cause, fixed by silence, by proof, and opened again", async () => {
    const { findings } = store();
    const times = { at: "2026-03-09T00:00:00.000Z", silentSince: "2026-03-06T00:00:00.000Z" };
    const record = (signAt: string, absorbedBy: { id: string; vantage: string; finding: Finding } | null = null) =>
      findings.recordLog([{ finding: sign(), signAt, absorbedBy }], times);
    expect(await record("2026-03-05T00:00:00.000Z")).toBe(true);
    expect(await record("2026-03-05T00:00:00.000Z")).toBe(false);
    expect((await findings.list({ limit: 10 })).findings).toMatchObject([
      { state: "open", sinceAt: "2026-03-04T00:00:00.000Z", firstSeenAt: times.at, lastSeenAt: "2026-03-05T00:00:00.000Z", probeId: null },
    ]);
    // The log shows it no longer, and was silent for long enough.
    await findings.recordLog([], times);
    const [silent] = (await findings.list({ limit: 10 })).findings;
    expect(silent).toMatchObject({ state: "fixed", fixedAt: times.at, fixedBy: null });
    await record("2026-03-08T00:00:00.000Z");
    expect((await findings.list({ limit: 10 })).findings).toMatchObject([{ state: "fixed" }]);
    await record("2026-03-09T01:00:00.000Z");
    expect((await findings.list({ limit: 10 })).findings).toMatchObject([{ state: "open", fixedAt: null }]);

    const cause = sign({ code: "pmtu-black-hole", absorbs: ["log-outbound-stalls"] });
    const id = await probed(sign({ code: "pmtu-black-hole" }));
    const explained = { id, vantage: "local", finding: cause };
    expect(await record("2026-03-09T01:00:00.000Z", explained)).toBe(true);
    expect(await record("2026-03-09T01:00:00.000Z", explained)).toBe(false);
    expect((await findings.list({ limit: 10 })).findings).toMatchObject([
      { finding: { code: "pmtu-black-hole", absorbs: ["log-outbound-stalls"] } },
    ]);
    expect(await findings.absorbedBy(id)).toMatchObject([{ finding: { code: "log-outbound-stalls" } }]);
    expect((await findings.life(silent?.id ?? "")).map(({ at, change }) => [change, at])).toEqual([
      ["opened", "2026-03-04T00:00:00.000Z"],
      ["fixed", times.at],
      ["reopened", "2026-03-09T01:00:00.000Z"],
    ]);
    const proof = await prove(id, "2026-03-10T00:00:00.000Z");
    await record("2026-03-09T01:00:00.000Z");
    const states = (await findings.list({ limit: 10 })).findings.map(({ state, fixedBy }) => [state, fixedBy]);
    expect(states).toEqual([
      ["fixed", proof],
      ["fixed", proof],
    ]);
    expect((await findings.life(silent?.id ?? "")).at(-1)).toEqual({
      at: "2026-03-10T00:00:00.000Z",
      change: "fixed",
      probeId: proof,
      note: null,
    });
  });
}
