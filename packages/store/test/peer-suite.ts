/** What every engine of the store must do with peers. */
import type { CountedPeer, Finding, LogMeasure, MailHostObservation, PathVerdictKind } from "@mxray/contracts";
import { PEER_SORTS, sizeClassOf } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { PeerPageQuery, Store } from "../src/index.ts";
import { done, hole } from "./suite-data.ts";

const AT = "2026-03-01T10:00:00.000Z";
const LATER = "2026-03-01T11:00:00.000Z";
const NOW = Date.parse(AT) / 1000 + 3600;
const MX1 = { name: "mx1.example.test", address: "192.0.2.1" };
const MX2 = { name: "mx2.example.test", address: "192.0.2.2" };

const mailHost = (name: string | null, address: string, mtu: number | null, verdict: PathVerdictKind = "black-hole") =>
  ({
    name,
    address,
    family: 4,
    port: 25,
    stages: [{ stage: "connect", outcome: "ok", ms: 12.5, reason: null, cause: null, reply: null }],
    path: { outbound: { verdict, mtu }, inbound: { verdict: "clear", mtu: null } },
    transcript: [{ at: 1, dir: "<", text: `220 ${name}`, connection: 1 }],
  }) as unknown as MailHostObservation;

export function peerSuite(store: () => Store): void {
  const probe = async (target: string, hosts: MailHostObservation[], findings: Finding[] = [], at = AT, practice = false) => {
    const { id } = await store().probes.create({ target, request: { target }, practice, createdAt: at, previousId: null });
    const outcome = done(findings, at);
    const observation = outcome.observation === null ? null : { ...outcome.observation, hosts };
    await store().probes.finish(id, { ...outcome, observation });
    return id;
  };
  const log = async (counts: readonly (readonly [Partial<CountedPeer>, LogMeasure, number, number?])[]) => {
    const location = `/var/log/${Math.random()}`;
    const { id } = (await store().logs.addSource(location, "page", AT)) ?? { id: 0 };
    const rows = counts.map(([peer, measure, count, start = NOW - 600]) => ({
      start,
      peer: { name: null, address: null, port: 25, direction: "outbound" as const, reach: "network" as const, ...peer },
      measure,
      note: "",
      value: measure === "sent" ? sizeClassOf(1000) : -1,
      count,
      least: null,
      most: null,
    }));
    await store().logs.commit(
      id,
      { lines: 1, recognised: 1, counts: rows, events: [], memories: [], moves: [], firstLineAt: null, lastLineAt: AT },
      { revision: 0, position: 0 },
    );
  };
  const list = (query: Partial<PeerPageQuery> = {}) => store().peers.list({ limit: 50, now: NOW, ...query });
  const names = async (query: Partial<PeerPageQuery> = {}) => (await list(query)).peers.map(({ peer }) => peer);

  it("leaves bots out of all lists but their own, and counts them", async () => {
    const client = (address: string) => ({ name: null, address, port: null, direction: "inbound" as const });
    await log([
      [MX1, "sent", 40],
      [client("198.51.100.1"), "line bot", 1],
      [client("198.51.100.1"), "loss greeting", 3],
      [client("198.51.100.2"), "line short-session", 10],
      // Delivered once, timed out once, and a bot to whom mail goes as well.
      [client("198.51.100.3"), "line bot", 1],
      [client("198.51.100.3"), "sent", 1],
      [client("198.51.100.4"), "line bot", 1],
      [client("198.51.100.4"), "timeout greeting", 1],
      [client("198.51.100.5"), "line bot", 1],
      [{ name: null, address: "198.51.100.5" }, "sent", 1],
    ]);
    const { peers, counts } = await list({ sort: "name" });
    expect(counts).toEqual({ some: 0, none: 4, bots: 2 });
    expect(peers.map(({ peer }) => peer)).toEqual(["198.51.100.3", "198.51.100.4", "198.51.100.5", "mx1.example.test"]);
    expect(await names({ trouble: "none", sort: "name" })).toHaveLength(4);
    expect(await names({ trouble: "bots", sort: "name" })).toEqual(["198.51.100.1", "198.51.100.2"]);
    await probe("198.51.100.1", [mailHost(null, "198.51.100.1", 1400)]);
    expect(await names({ trouble: "bots" })).toEqual(["198.51.100.2"]);
  });

  it("joins logs, probes and findings by address, and counts the mail of a week", async () => {
    await log([
      [MX1, "sent", 40],
      [MX1, "timeout end-of-data", 3],
      [MX1, "deferred", 3],
      [MX1, "sent", 1000, NOW - 8 * 86_400],
      // The same machine as a client, by the name that its address has.
      [{ name: "Out.example.test", address: MX1.address, direction: "inbound" }, "sent", 7],
      [{ name: MX1.name, address: "2001:db8::1" }, "sent", 2],
      [{ name: "filter", address: "127.0.0.1", reach: "loopback" }, "sent", 9],
    ]);
    // Typed as an address, so without a name.
    const id = await probe(
      MX1.address,
      [mailHost(null, MX1.address, 1400)],
      [hole({ subject: { host: null, address: MX1.address, port: 25 } })],
    );
    const { peers, counts, next } = await list();
    expect(counts).toEqual({ some: 1, none: 0, bots: 0 });
    expect(next).toBe(null);
    expect(peers).toEqual([
      {
        peer: MX1.name,
        addresses: expect.arrayContaining([MX1.address, "2001:db8::1"]),
        addressCount: 2,
        trouble: expect.objectContaining({ code: "pmtu-black-hole", severity: "critical", state: "open", sinceAt: AT }),
        troubleCount: 1,
        path: { mtu: 1400, verdict: "black-hole", probeId: id, at: AT },
        outbound: { delivered: 42, deferred: 3, stalled: 3 },
        inbound: { delivered: 7, deferred: 0, stalled: 0 },
        loggedAt: new Date((NOW - 600) * 1000).toISOString(),
        probedAt: AT,
      },
    ]);
  });

  it("counts the mail that stalled with the hosts of a finding, of which the most comes first within a severity", async () => {
    await log([
      [MX1, "timeout end-of-data", 3],
      [{ ...MX1, name: "out.example.test", direction: "inbound" }, "loss body", 2],
      [{ ...MX1, name: MX1.name.toUpperCase(), address: "192.0.2.99" }, "loss body", 10],
      [MX1, "loss body", 1000, NOW - 8 * 86_400],
      [MX2, "loss body", 4],
    ]);
    const about = ({ name: host, address }: typeof MX1, code: Finding["code"] = "pmtu-black-hole") =>
      hole({ code, severity: code === "smtp-fixup" ? "warning" : "critical", subject: { host, address, port: 25 } });
    await probe("example.test", [], [about(MX1), about(MX2), about(MX2, "smtp-fixup")]);
    await probe("fresh.test", [], [about({ name: "mx9.example.test", address: "192.0.2.9" })], LATER);
    const listed = async (query: object) => {
      const { findings, next } = await store().findings.list({ limit: 9, ...query });
      return { found: findings.map(({ subject, finding: { code }, stalled }) => [subject.address, code, stalled]), next };
    };
    const all = [
      [MX1.address, "pmtu-black-hole", 15],
      [MX2.address, "pmtu-black-hole", 4],
      ["192.0.2.9", "pmtu-black-hole", 0],
      [MX2.address, "smtp-fixup", 4],
    ];
    expect((await listed({ now: NOW })).found).toEqual(all);
    const { found, next } = await listed({ now: NOW, limit: 2 });
    expect([...found, ...(await listed({ now: NOW, cursor: next })).found]).toEqual(all);
    expect((await listed({})).found[0]).toEqual(["192.0.2.9", "pmtu-black-hole", undefined]);
    const { findings } = await store().wall.facts({ now: NOW, since: AT, findings: 9, changed: 9, probes: 9 });
    expect(findings.map(({ stalled }) => stalled).toSorted()).toEqual([0, 15, 4, 4]);
  });

  it("takes the path as measured last, and nothing from the practice lab", async () => {
    await probe("example.test", [mailHost(MX1.name, MX1.address, 1500, "clear")], [], AT);
    const last = await probe("example.test", [mailHost(MX1.name, MX1.address, 1400)], [], LATER);
    await probe("other.test", [mailHost(MX1.name, MX1.address, null, "not-tested")], [], LATER);
    await probe("black-hole.lab.test", [mailHost("mx.black-hole.lab.test", "198.18.0.1", 1400)], [], LATER, true);
    expect((await list()).peers).toMatchObject([{ peer: MX1.name, path: { mtu: 1400, probeId: last } }]);
    expect(await store().peers.get("mx.black-hole.lab.test", 10)).toBe(null);
  });

  it("is filtered by text, trouble and code, sorted and paged", async () => {
    await log([
      [MX1, "sent", 5],
      [MX2, "sent", 90],
      [{ name: "mx3.example.test", address: "192.0.2.3" }, "sent", 1],
      [{ name: "mx3.example.test", address: "192.0.2.3" }, "loss body", 8],
    ]);
    await probe(
      "example.test",
      [mailHost(MX1.name, MX1.address, 1400)],
      [
        hole(),
        hole({ code: "smtp-fixup", severity: "warning" }),
        hole({ code: "no-mail-host", subject: { host: null, address: null, port: null } }),
      ],
    );
    expect(await names()).toEqual([MX1.name, "mx3.example.test", MX2.name]);
    expect(await names({ sort: "mail" })).toEqual([MX2.name, MX1.name, "mx3.example.test"]);
    expect(await names({ sort: "name" })).toEqual([MX1.name, MX2.name, "mx3.example.test"]);
    expect(await names({ text: "MX2" })).toEqual([MX2.name]);
    expect(await names({ text: "0.2.3" })).toEqual(["mx3.example.test"]);
    expect(await names({ trouble: "some" })).toEqual([MX1.name]);
    expect(await names({ trouble: "none", sort: "name" })).toEqual([MX2.name, "mx3.example.test"]);
    expect(await names({ code: "smtp-fixup" })).toEqual([MX1.name]);
    expect(await names({ code: "tarpit" })).toEqual([]);
    expect((await list({ text: "nobody" })).counts).toEqual({ some: 0, none: 0, bots: 0 });
    expect((await list({ trouble: "none", limit: 1 })).counts).toEqual({ some: 1, none: 2, bots: 0 });
    for (const sort of PEER_SORTS) {
      const paged: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await list({ limit: 1, sort, ...(typeof cursor === "string" ? { cursor } : {}) });
        paged.push(...page.peers.map(({ peer }) => peer));
        cursor = page.next;
      } while (cursor !== null);
      expect(paged, sort).toEqual(await names({ sort }));
    }
    // What somebody knows of comes after what nobody does; what is fixed is no trouble.
    const worst = async () => (await list()).peers[0]?.trouble;
    await store().findings.acknowledge((await worst())?.findingId ?? "", "known", LATER);
    expect(await worst()).toMatchObject({ code: "smtp-fixup", state: "open" });
    await store().findings.acknowledge((await worst())?.findingId ?? "", "known", LATER);
    expect(await worst()).toMatchObject({ code: "pmtu-black-hole", state: "acknowledged" });
    for (const { id, subject } of (await store().findings.list({ limit: 9 })).findings) {
      const { id: check } = await store().probes.create({ target: "x", request: { target: "x" }, createdAt: LATER, previousId: null });
      await store().probes.finish(check, done([], LATER, [{ id, address: subject.address }]));
    }
    expect((await list()).counts).toEqual({ some: 0, none: 3, bots: 0 });
  });

  it("tells of one peer what each probe saw, and its findings with those that are fixed", async () => {
    const both = [mailHost(MX1.name, MX1.address, 1400), mailHost(MX2.name, MX2.address, 1500, "clear")];
    const first = await probe("example.test", both, [hole()], AT);
    const second = await probe("example.test", both, [hole()], LATER);
    const detail = await store().peers.get(MX1.address, 10);
    expect(detail).toMatchObject({
      peer: MX1.name,
      names: [MX1.name],
      addresses: [MX1.address],
      findings: [{ finding: { code: "pmtu-black-hole" }, state: "open" }],
      probes: [
        { probeId: second, target: "example.test", at: LATER, address: MX1.address, port: 25, verdict: { code: "pmtu-black-hole" } },
        { probeId: first, outbound: { verdict: "black-hole", mtu: 1400 }, inbound: { verdict: "clear", mtu: null } },
      ],
      transcripts: [{ probeId: second, address: MX1.address, lines: [{ text: `220 ${MX1.name}` }] }],
    });
    expect(detail?.probes[0]?.stages).toEqual([{ stage: "connect", outcome: "ok", ms: 12.5 }]);
    // The black hole is the other host's.
    expect(await store().peers.get(MX2.name, 10)).toMatchObject({ findings: [], probes: [{ verdict: null }, {}] });
    expect((await store().peers.get(MX1.name, 1))?.probes).toHaveLength(1);
    expect(await store().peers.get("nobody.example.test", 10)).toBe(null);
  });

  it("gives the peers that stall most, with what was tried", async () => {
    await log([
      [MX1, "sent", 5],
      [MX1, "timeout end-of-data", 3],
      [MX1, "deferred", 2],
      [MX1, "broken", 1],
      [MX2, "sent", 9],
      [{ ...MX2, direction: "inbound" }, "loss body", 4],
      [{ ...MX2, direction: "inbound" }, "broken", 4],
    ]);
    const range = { from: NOW - 3600, to: NOW };
    expect(await store().logs.worstPeers(range, 5)).toMatchObject([
      { name: MX2.name, direction: "inbound", stalled: 4, attempts: 4 },
      { name: MX1.name, direction: "outbound", stalled: 3, attempts: 8 },
    ]);
    expect(await store().logs.worstPeers({ ...range, direction: "outbound" }, 5)).toHaveLength(1);
    expect(await store().logs.worstPeers({ from: NOW - 300, to: NOW }, 5)).toEqual([]);
  });
}
