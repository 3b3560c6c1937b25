/** What every engine of the store must do with logs: follow them, add up what they count. */
import { sizeClassOf } from "@mxray/contracts";
import { expect, it } from "vitest";
import { COUNT_AGES, type LogFilter, type Store } from "../src/index.ts";
import { AT, count, DAY, event, logSteps, memory, peer, RANGE, START, sized } from "./log-suite-data.ts";

export function logSuite(store: () => Store): void {
  const { source, commit } = logSteps(store);

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
}
