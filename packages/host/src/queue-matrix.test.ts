import { type MailQueue, QUEUE_AGES } from "@mxray/contracts";
import { describe, expect, it } from "vitest";
import { queueMatrix, type ReasonReader } from "./queue-matrix.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const readReason: ReasonReader = (words) => {
  const [failure, dsn = null, address = null] = words.split(" ");
  if (failure !== "timeout" && failure !== "reply" && failure !== "expired") return null;
  return { failure, stage: null, dsn, peer: address === null ? null : { name: null, address, port: 25 } };
};

/** `[minutes in the queue, queue, recipients as "address reason"]` */
type Row = readonly [number, string, ...(readonly string[])];

function lineOf([minutes, queue, ...recipients]: Row): string {
  return JSON.stringify({
    queue_name: queue,
    queue_id: "4XyZ12abcd",
    arrival_time: NOW.getTime() / 1000 - minutes * 60,
    message_size: 1234,
    forced_expire: false,
    sender: "sender@private.example",
    recipients: recipients.map((recipient) => {
      const [address, ...words] = recipient.split(" ");
      return words.length === 0 ? { address } : { address, delay_reason: words.join(" ") };
    }),
  });
}

async function* each(lines: Iterable<string>) {
  yield* lines;
}

const sum = (rows: Iterable<Row>, options: { most?: number } = {}) =>
  queueMatrix(each([...rows].map(lineOf)), { now: NOW, readReason, ...options });

/** `destination messages: reason dsn messages, …` */
const summary = ({ destinations }: MailQueue) =>
  destinations.map(
    ({ domain, messages, reasons }) =>
      `${domain} ${messages}: ${reasons.map(({ reason, dsn, messages: own }) => `${reason} ${dsn} ${own}`).join(", ")}`,
  );

describe("ages", () => {
  it("are those of qshape, each limit in the class above it", async () => {
    const { ages, messages, oldest } = await sum([-3, 0, 4.9, ...QUEUE_AGES, 9999].map((age): Row => [age, "deferred", "a@b.example"]));
    expect(ages).toEqual([3, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(messages).toBe(13);
    expect(oldest).toBe("2026-02-22T13:21:00.000Z");
  });
});

describe("destinations and reasons", () => {
  it("count a message once for each destination, and once for each reason there", async () => {
    const queue = await sum([
      [1, "deferred", "a@One.example timeout 4.4.2", "b@one.example timeout 4.4.2", "c@two.example reply 4.7.1"],
      [2, "deferred", "a@one.example timeout 4.4.2", "b@one.example reply 4.7.1"],
      [3, "deferred", "a@one.example"],
      [4, "active", "a@two.example"],
      [5, "hold", "a@two.example reply 4.7.1"],
    ]);
    expect(summary(queue)).toEqual([
      "one.example 3: timeout 4.4.2 2, reply 4.7.1 1, other null 1",
      "two.example 3: reply 4.7.1 1, untried null 1, held null 1",
    ]);
    expect(queue).toMatchObject({ messages: 5, complete: true, queues: { deferred: 3, active: 1, hold: 1 } });
  });

  it("name the host that most messages of a reason name", async () => {
    const { destinations } = await sum([
      [1, "deferred", "a@b.example timeout 4.4.2 192.0.2.1"],
      [1, "deferred", "a@b.example timeout 4.4.2 192.0.2.2"],
      [1, "deferred", "a@b.example timeout 4.4.2 192.0.2.2"],
    ]);
    expect(destinations[0]?.reasons.map(({ messages, peer }) => [messages, peer?.address])).toEqual([[3, "192.0.2.2"]]);
  });

  it("that nothing is known of are other reasons", async () => {
    expect(summary(await sum([[1, "deferred", "a@b.example gibberish", "b@b.example expired"]]))).toEqual(["b.example 1: other null 1"]);
  });
});

it("lets no part of an address out but a domain", async () => {
  const recipients = [
    '"quoted@secret"',
    "secret",
    "secret@",
    '"secret@home',
    "a@secret<b>",
    "a@secret secret@x",
    "a@b.example",
    "c@[192.0.2.1]",
  ];
  const lines = recipients.map((address) =>
    JSON.stringify({ queue_name: "deferred", arrival_time: 1, recipients: [{ address, delay_reason: "reply 4.7.1" }], sender: "secret@c" }),
  );
  const queue = await queueMatrix(each(lines), { now: NOW, readReason });
  expect(JSON.stringify(queue)).not.toMatch(/secret|quoted/);
  expect(summary(queue).toSorted()).toEqual([
    "[192.0.2.1] 1: reply 4.7.1 1",
    "b.example 1: reply 4.7.1 1",
    "home 1: reply 4.7.1 1",
    "null 4: reply 4.7.1 4",
    "x 1: reply 4.7.1 1",
  ]);
});

describe("a long or strange listing", () => {
  it("is bounded, and what is left out is counted", async () => {
    const rows = function* (): Generator<Row> {
      for (let number = 0; number < 150; number += 1)
        yield [1, "deferred", `a@d${number}.example timeout 4.4.2`, "a@many.example timeout 4.4.2"];
      for (let code = 0; code < 40; code += 1) yield [1, "deferred", `a@many.example reply 4.7.${code}`];
    };
    const queue = await sum(rows());
    expect(queue.messages).toBe(190);
    expect(queue.destinations).toHaveLength(100);
    expect(queue.others).toEqual({ destinations: 51, messages: 51 });
    const many = queue.destinations[0];
    expect(many?.reasons.map(({ reason, messages }) => `${reason} ${messages}`).slice(0, 2)).toEqual(["timeout 150", "other 29"]);
    expect(many?.reasons.reduce((total, { messages }) => total + messages, 0)).toBe(many?.messages);
  });

  it("that is cut, or longer than is counted, is incomplete", async () => {
    const rows: Row[] = [1, 2, 3].map((age) => [age, "deferred", "a@b.example"]);
    expect(await sum(rows, { most: 3 })).toMatchObject({ messages: 3, complete: true });
    expect(await sum(rows, { most: 2 })).toMatchObject({ messages: 2, complete: false });
    const cut = [lineOf([1, "active", "a@b.example"]), '{"queue_name": "act'];
    expect(await queueMatrix(each(cut), { now: NOW, readReason })).toMatchObject({ messages: 1, complete: false, missing: null });
  });

  it.each([
    "null",
    "[]",
    "7",
    '{"queue_name": "active", "arrival_time": 1e99, "recipients": []}',
    '{"queue_name": "__proto__"}',
    "Mail queue is empty",
  ])("of %s is no queue, and not an empty one", async (line) => {
    const queue = await queueMatrix(each([line]), { now: NOW, readReason });
    expect(queue).toMatchObject({ messages: 0, destinations: [] });
    expect(queue.missing).toMatch(/'postqueue -j' printed/);
  });

  it("of nothing is an empty queue", async () => {
    expect(await sum([])).toMatchObject({ messages: 0, missing: null, complete: true, oldest: null, destinations: [] });
  });
});
