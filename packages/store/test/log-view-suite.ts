/** What every engine of the store shows of logs: narrowed, in order, page after page. */
import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, count, event, logSteps, peer, RANGE, START, sized } from "./log-suite-data.ts";

export function logViewSuite(store: () => Store): void {
  const { source, commit } = logSteps(store);

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

  it("leaves what bots lost out of the series of all peers", async () => {
    const { logs } = store();
    const { id } = await source();
    const client = (address: string) => peer({ name: null, address, port: null, direction: "inbound" });
    const [signed, short, few, cleared] = [client("198.51.100.1"), client("198.51.100.2"), client("198.51.100.3"), client("198.51.100.4")];
    await commit(id, 0, {
      counts: [
        count("sent", { count: 5 }),
        count("loss greeting", { peer: signed, count: 3 }),
        count("line bot", { peer: signed, start: START + 60 }),
        count("loss ehlo", { peer: short, count: 10 }),
        count("line short-session", { peer: short, count: 10 }),
        count("loss ehlo", { peer: few, count: 9 }),
        count("line short-session", { peer: few, count: 9 }),
        count("loss starttls", { peer: cleared, count: 2 }),
        count("line bot", { peer: cleared }),
      ],
    });
    const ehlo = { start: START, key: "ehlo", count: 9 };
    expect(await logs.stages(RANGE, 3600)).toEqual([ehlo]);
    expect(await logs.outcomes({ ...RANGE, direction: "outbound" }, 3600)).toEqual([{ start: START, key: "sent", count: 5 }]);
    await commit(id, 1, { counts: [count("sent", { peer: cleared, start: START + 60 })] });
    expect(await logs.stages(RANGE, 3600)).toEqual(expect.arrayContaining([ehlo, { start: START, key: "starttls", count: 2 }]));
    expect((await logs.outcomes(RANGE, 3600)).find(({ key }) => key === "stalled")).toMatchObject({ count: 11 });
    // Of a bot itself, everything.
    const [bot] = await logs.peers({ host: "198.51.100.1", limit: 1 });
    expect(await logs.stages({ ...RANGE, peers: [bot?.id ?? 0] }, 3600)).toEqual([{ start: START, key: "greeting", count: 3 }]);
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
}
