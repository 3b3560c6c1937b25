/** What every engine of the store must do with findings. */
import { FINDING_SORTS } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { FindingPageQuery, Store } from "../src/index.ts";
import { AFTERWARDS, AT, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

export function findingSuite(storeOf: () => Store): void {
  const { run } = storeSteps(storeOf);

  it("are one per cause and subject, with a first and a last time", async () => {
    await run([hole({ confidence: "likely" })]);
    const second = await run([hole(), hole({ subject: { host: null, address: "192.0.2.9", port: 25 } })], LATER);
    const all = (await storeOf().findings.list({ limit: 10 })).findings;
    expect(all).toHaveLength(2);
    const [same] = (await storeOf().findings.list({ limit: 10, address: "192.0.2.1" })).findings;
    expect(same).toMatchObject({
      state: "open",
      firstSeenAt: AT,
      lastSeenAt: LATER,
      probeId: second,
      finding: { confidence: "proven" },
    });
    expect(await storeOf().findings.get(same?.id ?? "")).toEqual(same);
  });

  it("tell one subject from another where a part of it is unknown", async () => {
    await run([hole({ subject: { host: null, address: null, port: null } })]);
    await run([hole({ subject: { host: null, address: null, port: null } })], LATER);
    expect((await storeOf().findings.list({ limit: 10 })).findings).toHaveLength(1);
  });

  it("do not last when they are information", async () => {
    const id = await run([hole({ code: "healthy", severity: "info" })]);
    expect((await storeOf().findings.list({ limit: 10 })).findings).toEqual([]);
    expect(await storeOf().findings.ofProbe(id)).toEqual([]);
  });

  it("live: open, acknowledged, fixed, reopened, and remember it", async () => {
    const first = await run([hole()]);
    const [open] = await storeOf().findings.ofProbe(first);
    const id = open?.id ?? "";
    expect(await storeOf().findings.reopen(id, AT)).toBe(false);
    expect(await storeOf().findings.acknowledge(id, "the network team knows", AT)).toBe(true);
    expect(await storeOf().findings.acknowledge(id, "again", AT)).toBe(false);
    await run([hole()], LATER);
    expect(await storeOf().findings.get(id)).toMatchObject({
      state: "acknowledged",
      note: "the network team knows",
      lastSeenAt: LATER,
      sinceAt: AT,
    });
    const check = await run([], LATEST, [id, "none"]);
    expect(await storeOf().findings.get(id)).toMatchObject({ state: "fixed", fixedAt: LATEST, fixedBy: check });
    expect((await storeOf().findings.list({ limit: 10, states: ["open", "acknowledged"] })).findings).toEqual([]);
    await run([], LATEST, [id]);
    expect(await storeOf().findings.get(id)).toMatchObject({ fixedBy: check });
    const last = await run([hole()], LATEST);
    expect(await storeOf().findings.get(id)).toMatchObject({
      state: "open",
      fixedAt: null,
      fixedBy: null,
      firstSeenAt: AT,
      sinceAt: LATEST,
    });
    expect(await storeOf().findings.life(id)).toEqual([
      { at: AT, change: "opened", probeId: first, note: null },
      { at: AT, change: "acknowledged", probeId: null, note: "the network team knows" },
      { at: LATEST, change: "fixed", probeId: check, note: null },
      { at: LATEST, change: "reopened", probeId: last, note: null },
    ]);
    expect((await storeOf().probes.ofFinding(id, 2)).map((probe) => probe.id)).toEqual([last, expect.any(String)]);
    await storeOf().findings.acknowledge(id, "a mistake", LATEST);
    expect(await storeOf().findings.reopen(id, AFTERWARDS)).toBe(true);
    // It stands since it came back, whoever took note of it meanwhile.
    expect(await storeOf().findings.get(id)).toMatchObject({ state: "open", sinceAt: LATEST });
    expect((await storeOf().findings.list({ limit: 1 })).findings).toMatchObject([{ sinceAt: LATEST }]);
    expect((await storeOf().wall.facts({ now: 0, since: AT, findings: 9, changed: 9, probes: 9 })).changed).toMatchObject([
      { sinceAt: LATEST },
    ]);
    expect((await storeOf().findings.life(id)).at(-1)).toMatchObject({ change: "reopened", probeId: null });
    expect(await storeOf().findings.life("none")).toEqual([]);
    expect(await storeOf().findings.reopen("none", AT)).toBe(false);
  });

  it("are filtered, counted by state, sorted and paged", async () => {
    const at = (host: string | null, address: string) => ({ host, address, port: 25 });
    await run([hole(), hole({ code: "smtp-fixup", severity: "warning", title: "A firewall rewrites SMTP" })]);
    await run([hole({ subject: at("MX2.example.test", "192.0.2.2") })], LATER);
    await run([hole({ subject: at(null, "192.0.2.3"), code: "connect-refused", title: "100%_refused" })], LATEST);
    const subjects = async (query: Partial<FindingPageQuery>) =>
      (await storeOf().findings.list({ limit: 10, ...query })).findings.map(({ subject, finding }) => `${subject.address} ${finding.code}`);
    const [, second] = (await storeOf().findings.list({ limit: 10 })).findings;
    await storeOf().findings.acknowledge(second?.id ?? "", "Ticket 4711 für Österreich", LATEST);
    expect(await subjects({ states: ["acknowledged"] })).toEqual(["192.0.2.2 pmtu-black-hole"]);
    expect(await subjects({ severity: "warning" })).toEqual(["192.0.2.1 smtp-fixup"]);
    expect(await subjects({ code: "connect-refused" })).toEqual(["192.0.2.3 connect-refused"]);
    expect(await subjects({ peer: "mx2.Example.test" })).toEqual(["192.0.2.2 pmtu-black-hole"]);
    expect(await subjects({ peer: "192.0.2.3" })).toEqual(["192.0.2.3 connect-refused"]);
    expect(await subjects({ text: "ticket 4711" })).toEqual(["192.0.2.2 pmtu-black-hole"]);
    expect(await subjects({ text: "Für Österreich" })).toEqual(["192.0.2.2 pmtu-black-hole"]);
    expect(await subjects({ text: "FIREWALL" })).toEqual(["192.0.2.1 smtp-fixup"]);
    expect(await subjects({ text: "%_" })).toEqual(["192.0.2.3 connect-refused"]);
    expect(await storeOf().findings.count({})).toEqual({ open: 3, acknowledged: 1, dismissed: 0, fixed: 0 });
    expect(await storeOf().findings.count({ severity: "critical" })).toEqual({ open: 2, acknowledged: 1, dismissed: 0, fixed: 0 });

    for (const sort of FINDING_SORTS) {
      const whole = await subjects({ sort });
      const paged: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await storeOf().findings.list({ limit: 1, sort, ...(typeof cursor === "string" ? { cursor } : {}) });
        paged.push(...page.findings.map(({ subject, finding }) => `${subject.address} ${finding.code}`));
        cursor = page.next;
      } while (cursor !== null);
      expect(paged, sort).toEqual(whole);
      expect(whole[0]).toBe("192.0.2.3 connect-refused");
    }
    expect((await subjects({ sort: "harm" })).at(-1)).toBe("192.0.2.1 smtp-fixup");
  });

  it("come the worst first", async () => {
    await run([hole({ code: "smtp-fixup", severity: "warning" })], LATEST);
    await run([hole()]);
    expect((await storeOf().findings.list({ limit: 10 })).findings.map(({ finding }) => finding.code)).toEqual([
      "pmtu-black-hole",
      "smtp-fixup",
    ]);
    expect((await storeOf().findings.list({ limit: 1 })).findings).toHaveLength(1);
  });
}
