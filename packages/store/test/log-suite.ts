/** What every engine of the store must do with logs. */
import type { CountedPeer, Finding, LogBatch, LogCount, LogMeasure, MailEvent } from "@mxray/contracts";
import { sizeClassOf } from "@mxray/contracts";
import { expect, it } from "vitest";
import { COUNT_AGES, type LogFilter, type Store } from "../src/index.ts";

const AT = "2026-03-01T10:00:00.000Z";
const START = Date.parse(AT) / 1000;
const DAY = 86_400;
const RANGE = { from: START - DAY, to: START + DAY };

const peer = (over: Partial<CountedPeer> = {}): CountedPeer => ({
  name: "mx1.example.test",
  address: "192.0.2.1",
  port: 25,
  direction: "outbound",
  reach: "network",
  ...over,
});

const count = (measure: LogMeasure, over: Partial<LogCount> = {}): LogCount => ({
  start: START,
  peer: peer(),
  measure,
  note: "",
  value: 0,
  count: 1,
  least: null,
  most: null,
  ...over,
});

const sized = (measure: LogMeasure, size: number, over: Partial<LogCount> = {}) =>
  count(measure, { value: sizeClassOf(size), least: size, most: size, ...over });

const event = (over: Partial<MailEvent> = {}): MailEvent => ({
  file: "mail.log",
  line: 1,
  time: AT,
  host: "mx1",
  program: "postfix/smtp",
  pid: 1,
  mta: "postfix",
  queueId: "ABCDEF12",
  event: "delivery",
  direction: "outbound",
  stage: "end-of-data",
  command: null,
  bytes: null,
  peer: { name: "mx1.example.test", address: "192.0.2.1", port: 25 },
  status: "deferred",
  dsn: "4.4.2",
  size: 20_000,
  delay: null,
  delays: null,
  reason: "conversation with mx1.example.test[192.0.2.1] timed out while sending end of data",
  ...over,
});

const batch = (over: Partial<LogBatch> = {}): LogBatch => ({
  lines: 1,
  recognised: 1,
  counts: [],
  events: [],
  memories: [],
  moves: [],
  firstLineAt: null,
  lastLineAt: AT,
  ...over,
});

const sign = (over: Partial<Finding> = {}): Finding => ({
  code: "log-outbound-stalls",
  severity: "critical",
  confidence: "proven",
  subject: { host: "mx1.example.test", address: "192.0.2.1", port: 25 },
  subjects: [over.subject ?? { host: "mx1.example.test", address: "192.0.2.1", port: 25 }],
  since: "2026-03-04T00:00:00.000Z",
  firstSeen: "2026-03-04T00:00:00.000Z",
  title: "Deliveries stall",
  summary: "…",
  absorbs: [],
  evidence: [],
  remedies: [],
  ...over,
});

/**
 * @param store the one of the test that runs
 * @param probed makes a finding of a probe, and gives its id
 * @param prove has a probe prove a finding gone, and gives the probe's id
 */
export function logSuite(
  store: () => Store,
  probed: (finding: Finding) => Promise<string>,
  prove: (findingId: string, at: string) => Promise<string>,
): void {
  const source = async () => {
    const made = await store().logs.addSource("/var/log/mail.log", "page", AT);
    if (made === null) throw new Error("The source is there already.");
    return made;
  };
  const commit = async (id: number, revision: number, over: Partial<LogBatch>, position: unknown = { offset: revision }) =>
    await store().logs.commit(id, batch(over), { revision, position });

  it("follows a location once, and forgets it with what belongs to it", async () => {
    const { logs } = store();
    const { id } = await source();
    expect(await logs.addSource("/var/log/mail.log", "environment", AT)).toBeNull();
    await commit(id, 0, { events: [{ peer: peer(), event: event() }], memories: [memory("message mx1 A", "{}")], counts: [count("sent")] });
    expect(await logs.removeSource(id)).toBe(true);
    expect(await logs.removeSource(id)).toBe(false);
    expect(await logs.sources()).toEqual([]);
    expect(await logs.events(RANGE, { limit: 10 })).toEqual([]);
    expect(await logs.memories(id)).toEqual([]);
    expect((await logs.statistics(RANGE)).peers).toMatchObject([{ sent: 1 }]);
  });

  it("takes a batch with its position, whole or not at all, and only from who knows the last one", async () => {
    const { logs } = store();
    const { id } = await source();
    expect(await commit(id, 0, { lines: 5, recognised: 4, counts: [count("sent")] }, { offset: 10 })).toBe(true);
    expect(await commit(id, 0, { counts: [count("sent")] }, { offset: 20 })).toBe(false);
    expect(await commit(id + 1, 0, { counts: [count("sent")] })).toBe(false);
    // The same batch once more is there, and is not counted again.
    expect(await commit(id, 0, { counts: [count("sent")] }, { offset: 10 })).toBe(true);
    const broken = { events: [{ peer: peer(), event: event() }], counts: [count("sent")] };
    await expect(commit(id, 1, { ...broken, memories: [{ ...memory("x", "y"), key: null as never }] })).rejects.toThrow();
    expect(await logs.sources()).toMatchObject([{ revision: 1, lines: 5, recognised: 4, position: { offset: 10 }, lastLineAt: AT }]);
    expect((await logs.statistics(RANGE)).peers).toMatchObject([{ sent: 1 }]);
    expect(await commit(id, 1, { counts: [count("sent", { peer: peer({ name: "new" }) })] })).toBe(true);
    expect((await logs.statistics(RANGE)).peers).toHaveLength(2);
  });

  it("keeps what is under way, and the backlog with it", async () => {
    const { logs } = store();
    const { id } = await source();
    const waiting = (key: string, since: string) => ({ ...memory(key, "{}"), waitingSince: since, destination: "example.test" });
    await commit(id, 0, {
      memories: [memory("session mx1 7", '{"a":1}'), waiting("message mx1 A", AT), waiting("message mx1 B", "2026-03-01T11:00:00.000Z")],
    });
    expect(await logs.memories(id)).toHaveLength(3);
    expect((await logs.statistics(RANGE)).backlog).toMatchObject({
      waiting: 2,
      oldest: AT,
      destinations: [{ name: "example.test", waiting: 2, oldest: AT }],
    });
    await commit(id, 1, { memories: [{ ...memory("message mx1 A", ""), value: null }, memory("session mx1 7", '{"a":2}')] });
    expect((await logs.memories(id)).map(({ key, value }) => [key, value]).sort()).toEqual([
      ["message mx1 B", "{}"],
      ["session mx1 7", '{"a":2}'],
    ]);
    expect((await logs.statistics(RANGE)).backlog.waiting).toBe(1);
  });

  it("adds counts up into the statistics of a peer", async () => {
    const { id } = await source();
    const later = { start: START + 120 };
    await commit(id, 0, {
      counts: [
        sized("sent", 900_000, { start: START - 120 }),
        sized("sent", 900),
        count("timeout end-of-data", { least: START + 5, most: START + 9, count: 2 }),
        sized("stalled", 20_000),
        count("episode end-of-data", { value: sizeClassOf(20_000) }),
        count("stalled-again", { value: sizeClassOf(20_000) }),
        count("stall-seconds", { value: sizeClassOf(600), count: 2 }),
        count("deferred", { count: 2 }),
        count("pix", { note: "disable_esmtp" }),
      ],
      events: [{ peer: peer(), event: event() }],
    });
    await commit(id, 1, {
      counts: [sized("sent", 950, later), sized("recovered", 20_000, later), count("again", later), count("broken", later)],
    });
    const { peers } = await store().logs.statistics(RANGE);
    expect(peers).toMatchObject([
      {
        ...peer(),
        sent: 5,
        stalled: 2,
        deferred: 2,
        failed: 3,
        largestSent: 900_000,
        largestSentSince: 20_000,
        smallestStalled: 20_000,
        firstStalled: "2026-03-01T10:00:05.000Z",
        lastStalled: "2026-03-01T10:00:09.000Z",
        firstSent: "2026-03-01T09:58:00.000Z",
        stalls: [{ stage: "end-of-data", timeouts: 2, losses: 0, episodes: 1 }],
        stallSeconds: [{ class: sizeClassOf(600), count: 2 }],
        pix: [{ words: "disable_esmtp", count: 1 }],
        examples: { stalled: [{ file: "mail.log", line: 1 }], smallestStalled: { line: 1 } },
      },
    ]);
    expect(peers[0]?.sizes).toEqual([
      { class: sizeClassOf(900), sent: 2, sentSince: 2, stalled: 0, attempts: 0, recovered: 0, episodes: 0 },
      { class: sizeClassOf(20_000), sent: 1, sentSince: 1, stalled: 1, attempts: 2, recovered: 1, episodes: 1 },
      { class: sizeClassOf(900_000), sent: 1, sentSince: 0, stalled: 0, attempts: 0, recovered: 0, episodes: 0 },
    ]);
  });

  it("knows a peer by its address, whether a line has its name or not", async () => {
    const { logs } = store();
    const { id } = await source();
    const client = (name: string | null, address: string) => peer({ name, address, port: null, direction: "inbound" });
    const [one, other, third] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"] as const;
    // The name comes later, came before, and comes in the same batch.
    await commit(id, 0, { counts: [count("sent", { peer: client(null, one) }), count("sent", { peer: client("b.example", other) })] });
    const both = [client(null, third), client("c.example", third)];
    await commit(id, 1, {
      counts: [client("a.example", one), client(null, other), ...both].map((each) => count("sent", { peer: each })),
    });
    await commit(id, 2, { counts: [count("sent", { peer: client(null, one) }), count("sent", { peer: client("a2.example", one) })] });
    const { peers } = await logs.statistics(RANGE);
    expect(peers.map(({ name, address, sent }) => `${name} ${address} ${sent}`).sort()).toEqual([
      `a.example ${one} 3`,
      `a2.example ${one} 1`,
      `b.example ${other} 2`,
      `c.example ${third} 2`,
    ]);
  });

  it("tells peers apart by name, address and port, and a server without a name is no other with its address", async () => {
    const { logs } = store();
    const { id } = await source();
    const peers = [peer(), peer({ port: 587 }), peer({ port: null }), peer({ name: null }), peer({ name: "other.example.test" })];
    await commit(id, 0, { counts: peers.map((each, index) => count("sent", { peer: each, count: index + 1 })) });
    const { peers: stored } = await logs.statistics(RANGE);
    expect(stored.map(({ name, port, sent }) => [name, port, sent])).toEqual(
      peers.map(({ name, port }, index) => [name, port, index + 1]).reverse(),
    );
  });

  it("takes back what a line counted for before its peer's port was known, with its example", async () => {
    const { logs } = store();
    const { id } = await source();
    const [open, known] = [peer({ port: null }), peer({ port: 587 })];
    const stall = (over: Partial<LogCount>) => count("timeout body", { least: START, most: START, ...over });
    await commit(id, 0, {
      counts: [stall({ peer: open, note: "held 0" }), stall({ peer: open, note: "held 1", least: START + 9, most: START + 9 })],
      events: [{ peer: open, event: event({ event: "timeout", status: null }) }],
    });
    expect((await logs.statistics(RANGE)).peers).toMatchObject([{ port: null, stalled: 2, lastStalled: "2026-03-01T10:00:09.000Z" }]);
    await commit(id, 1, {
      counts: [
        stall({ peer: open, note: "held 1", least: START + 9, most: START + 9, count: -1 }),
        stall({ peer: known, least: START + 9, most: START + 9 }),
      ],
      moves: [{ queueId: "ABCDEF12", time: AT, from: open, to: known }],
    });
    const { peers } = await logs.statistics(RANGE);
    expect(peers.map(({ port, stalled, lastStalled, examples }) => [port, stalled, lastStalled, examples.stalled.length])).toEqual([
      [null, 1, AT, 0],
      [587, 1, "2026-03-01T10:00:09.000Z", 1],
    ]);
    expect((await logs.outcomes(RANGE, 3600)).map(({ key, count: sum }) => [key, sum])).toEqual([["stalled", 2]]);
  });

  it("finds a peer by its name however a log, or whoever asks, writes it", async () => {
    const { logs } = store();
    const { id } = await source();
    await commit(id, 0, { counts: [count("sent", { peer: peer({ name: "ASPMX.L.Example", address: "198.51.100.1" }) })] });
    for (const host of ["aspmx.l.example", "ASPMX.L.Example", "198.51.100.1"]) {
      expect(await logs.peers({ host, limit: 10 }), host).toMatchObject([{ name: "ASPMX.L.Example" }]);
    }
    expect(await logs.peers({ host: "l.example", limit: 10 })).toEqual([]);
  });

  it("narrows by time, direction, peer and stage", async () => {
    const { logs } = store();
    const { id } = await source();
    const client = peer({ name: "client.example", address: "198.51.100.1", port: null, direction: "inbound" });
    await commit(id, 0, {
      counts: [
        count("sent", { count: 3 }),
        count("sent", { start: START + 3600, count: 4 }),
        count("loss body", { peer: client, count: 2 }),
        count("loss rcpt", { peer: client }),
        count("process-limit", { peer: null, note: "smtp", least: START, most: START }),
      ],
      events: [
        { peer: client, event: event({ direction: "inbound", stage: "body", event: "lost-connection", status: null }) },
        { peer: null, event: event({ event: "resource", trouble: "process-limit", stage: null, peer: null }) },
      ],
    });
    expect((await logs.statistics({ from: START, to: START + 3600 })).peers).toMatchObject([{ stalled: 3 }, { sent: 3 }]);
    expect((await logs.statistics({ ...RANGE, direction: "inbound" })).peers).toMatchObject([{ name: "client.example" }]);
    expect((await logs.statistics(RANGE)).troubles).toMatchObject([
      { trouble: "process-limit", count: 1, first: AT, culprits: [{ name: "smtp", count: 1 }], examples: [{ line: 1 }] },
    ]);
    const [found] = await logs.peers({ host: "client.example", limit: 10 });
    expect(found).toMatchObject(client);
    expect(await logs.peers({ text: "CLIENT", limit: 10 })).toEqual([found]);
    const peers = [found?.id ?? 0];
    expect(await logs.stages({ ...RANGE, peers }, 3600)).toEqual([
      { start: START, key: "body", count: 2 },
      { start: START, key: "rcpt", count: 1 },
    ]);
    expect(await logs.outcomes({ ...RANGE, stage: "body" }, 3600)).toEqual([
      { start: START, key: "sent", count: 3 },
      { start: START, key: "stalled", count: 2 },
      { start: START + 3600, key: "sent", count: 4 },
    ]);
    expect(await logs.events({ ...RANGE, peers }, { limit: 10 })).toMatchObject([{ event: { stage: "body" } }]);
    expect(await logs.events({ ...RANGE, stage: "body" }, { limit: 10 })).toHaveLength(1);
    const [newest] = await logs.events(RANGE, { limit: 1 });
    expect(await logs.events(RANGE, { limit: 10, before: newest?.id ?? 0 })).toHaveLength(1);
    expect(await logs.eventsOfMessage("ABCDEF12", 10)).toHaveLength(2);
  });

  it("lists events by their time, whichever log they were read from first, page after page", async () => {
    const { logs } = store();
    const { id } = await source();
    const at = (minute: number) => event({ time: new Date((START + minute * 60) * 1000).toISOString() });
    await commit(id, 0, { events: [30, 10, 20, 20, 40].map((minute) => ({ peer: peer(), event: at(minute) })) });
    const found: (string | null)[] = [];
    for (let page = await logs.events(RANGE, { limit: 2 }); page.length > 0; ) {
      found.push(...page.map(({ event: { time } }) => time?.slice(14, 16) ?? null));
      page = await logs.events({ ...RANGE, direction: "outbound" }, { limit: 2, before: page.at(-1)?.id ?? 0 });
    }
    expect(found).toEqual(["40", "30", "20", "20", "10"]);
  });

  it("tells of the most harmed peers only, where so many are asked for", async () => {
    const { logs } = store();
    const { id } = await source();
    const named = (address: string) => peer({ name: `n${address}`, address });
    const [mild, worst, quiet] = [named("192.0.2.7"), named("192.0.2.8"), named("192.0.2.9")] as const;
    await commit(id, 0, {
      counts: [
        count("timeout body", { peer: mild, least: START, most: START }),
        count("timeout body", { peer: worst, count: 3, least: START + 60, most: START + 60, start: START + 60 }),
        sized("sent", 1000, { peer: worst, count: 2, start: START + 120 }),
        sized("sent", 1000, { peer: quiet, count: 9, start: START + 180 }),
        count("process-limit", { peer: null, note: "smtp", least: START, most: START }),
        count("wait", { peer: null, note: "postfix 1", value: 40 }),
      ],
    });
    const whole = await logs.statistics(RANGE);
    expect(whole.peers.map(({ address, stalled }) => [address, stalled])).toEqual([
      [worst.address, 3],
      [mild.address, 1],
      [quiet.address, 0],
    ]);
    const few = await logs.statistics(RANGE, 2);
    expect(few).toEqual({ ...whole, peers: whole.peers.slice(0, 2), peersLeftOut: 1 });
    expect(few.peers[0]?.sizes).toMatchObject([{ sent: 2, sentSince: 2 }]);
  });

  it("finds messages by the beginning of their queue id", async () => {
    const { logs } = store();
    const { id } = await source();
    const line = (queueId: string | null) => ({ peer: null, event: event({ queueId }) });
    await commit(id, 0, { events: ["4FA1", "4FA1", "4FB2", "4F%", "3zz-Long", null].map(line) });
    expect(await logs.messages("4fa1", 5)).toEqual([{ queueId: "4FA1", lines: 2, lastAt: AT }]);
    expect((await logs.messages("4F", 2)).map(({ queueId }) => queueId)).toEqual(["4F%", "4FA1"]);
    expect((await logs.messages("3zz", 5)).map(({ queueId }) => queueId)).toEqual(["3zz-Long"]);
    for (const none of ["%", "FA1", "3ZZ", "4FA11"]) expect(await logs.messages(none, 5), none).toEqual([]);
  });

  it("rolls counts up with age without losing one, and forgets what is too old", async () => {
    const { logs } = store();
    const { id } = await source();
    const minutes = Array.from({ length: 600 }, (_, minute) => START - 600 * 60 + minute * 60);
    const quiet = peer({ name: "mx2.example.test", address: "192.0.2.2" });
    // One peer stalls in each hour, the other never.
    const counts = minutes.flatMap((start, minute) => [
      sized("sent", 1000 + minute, { start }),
      sized("sent", 1000 + minute, { start, peer: quiet }),
      ...(minute % 60 === 7 ? [count("timeout body", { start })] : []),
    ]);
    await commit(id, 0, { counts, events: [{ peer: peer(), event: event() }] });
    const ever = { from: 1, to: START + DAY };
    const sent = async () => (await logs.statistics(ever)).peers.map((each) => [each.sent, each.stalled, each.largestSent]);
    const whole = [
      [600, 10, 1599],
      [600, 0, 1599],
    ];
    const [stalled, still] = await logs.peers({ limit: 2 });
    const startsOf = async (filter: Partial<LogFilter>) =>
      new Set((await logs.outcomes({ ...ever, ...filter }, 60)).map(({ start }) => start)).size;
    const starts = async () =>
      await Promise.all([{}, { peers: [stalled?.id ?? 0] }, { peers: [still?.id ?? 0] }].map(async (filter) => await startsOf(filter)));
    const shown = async () => [await sent(), (await starts()).toSorted((a, b) => b - a)];
    expect(await shown()).toEqual([whole, [600, 600, 600]]);
    await logs.tidy(START + 2 * 3600, 30);
    expect(await shown()).toEqual([whole, [600, 600, 10]]);
    await logs.tidy(START + (COUNT_AGES.minutes + 1) * DAY, 30);
    expect(await shown()).toEqual([whole, [10, 10, 1]]);
    await logs.tidy(START + (COUNT_AGES.hours + 1) * DAY, 365);
    expect(await shown()).toEqual([whole, [10, 1, 1]]);
    await logs.tidy(START + (COUNT_AGES.days + 29) * DAY, 365);
    expect(await shown()).toEqual([whole, [1, 1, 1]]);
    expect(await logs.events(RANGE, { limit: 10 })).toHaveLength(1);
    await logs.tidy(START + 31 * DAY, 30);
    expect(await logs.events(RANGE, { limit: 10 })).toEqual([]);
    await logs.tidy(START + (COUNT_AGES.all + 1) * DAY, 30);
    expect(await sent()).toEqual([]);
    expect(await logs.peers({ limit: 10 })).toEqual([]);
  });

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
    await record("2026-03-09T01:00:00.000Z", { id, vantage: "local", finding: cause });
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

function memory(key: string, value: string) {
  return { key, value, waitingSince: null, destination: null };
}
