import { expect, it } from "vitest";
import { QueueReader } from "./queue-reader.ts";

const message = '{"queue_name": "deferred", "arrival_time": 1, "recipients": [{"address": "a@b.example"}]}';
const never = new AbortController().signal;
const readerOf = (script: string) => new QueueReader({ command: ["sh", "-c", script], readReason: () => null });
const read = (script: string) => readerOf(script).read(never);

it("says why there is no queue, with the program's own words", async () => {
  const nowhere = new QueueReader({ command: ["no-such-program"], readReason: () => null });
  expect((await nowhere.read(never)).missing).toBe("This machine has no 'postqueue', the program that lists Postfix's queue.");
  expect((await read("echo 'fatal: mail system is \x1bdown' >&2; exit 69")).missing).toBe(
    "'postqueue -j' failed: fatal: mail system is \\x1bdown",
  );
  expect((await read("echo 'postqueue: fatal: Connect to the Postfix showq service: Permission denied' >&2; exit 69")).missing).toBe(
    "Listing Postfix's queue needs membership in the group 'postdrop'.",
  );
  expect((await read("exit 1")).missing).toBe("'postqueue -j' failed: it gave no reason.");
});

it("takes a listing that fails in its middle as a lower bound", async () => {
  expect(await read(`echo '${message}'; exit 1`)).toMatchObject({ messages: 1, complete: false, missing: null });
  expect(await read(`echo '${message}'`)).toMatchObject({ messages: 1, complete: true });
});

it("serves everyone who asks with one listing", async () => {
  const reader = readerOf(`echo '{"queue_name": "q", "arrival_time": '$$', "recipients": []}'`);
  const [first, second] = await Promise.all([reader.read(never), reader.read(never)]);
  expect(second).toBe(first);
  expect(await reader.read(never)).toBe(first);
});

it("ends with the server", async () => {
  const closing = new AbortController();
  const reading = readerOf(`echo '${message}'; exec sleep 600`).read(closing.signal);
  setTimeout(() => closing.abort(), 200);
  expect((await reading).complete).toBe(false);
});
