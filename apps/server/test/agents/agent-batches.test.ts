/** What an agent sends: all that a follower can make of a log is taken as it is, and nothing that would break a reader. */
import { readdirSync, readFileSync } from "node:fs";
import { type AgentBatch, isPrintable } from "@mxray/contracts";
import { AgentBatch as AgentBatchSchema } from "@mxray/contracts/schemas";
import { LogBatcher, LogClock, LogReader, timeZone } from "@mxray/maillog";
import { Compile } from "typebox/compile";
import { describe, expect, it, test } from "vitest";
import { cleaned } from "../../src/agents/cleaned.ts";

const FIXTURES = new URL("../../../../packages/maillog/fixtures/", import.meta.url);
const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".log"));
const schema = Compile(AgentBatchSchema);

function batchOf(log: Uint8Array): AgentBatch {
  const batcher = new LogBatcher();
  const zone = timeZone("UTC");
  if (zone === null) throw new Error("UTC is no zone.");
  const clock = new LogClock({ zone, year: null, now: () => Date.UTC(2026, 10, 26, 12) });
  const reader = new LogReader(clock, (entry, file, line) => batcher.add(entry, file, line));
  reader.begin("test.log");
  reader.push(Buffer.from(log));
  reader.end();
  const { lines, recognised } = reader.counts;
  return JSON.parse(JSON.stringify({ revision: 0, position: null, batch: batcher.take({ lines, recognised }) })) as AgentBatch;
}

test.each(names)("%s: its batch is taken as it is", (name) => {
  const sent = batchOf(readFileSync(new URL(name, FIXTURES)));
  expect(schema.Errors(sent)).toEqual([]);
  expect(cleaned(sent)).toEqual(sent);
});

describe("a batch that no follower makes", () => {
  const count = { start: 0, peer: null, measure: "sent", note: "", value: 0, count: 1, least: null, most: null };
  const sent = (over: object) => ({
    revision: 0,
    position: null,
    batch: {
      ...{ lines: 1, recognised: 1, counts: [], events: [], memories: [], moves: [], firstLineAt: null, lastLineAt: null },
      ...over,
    },
  });

  it.each([
    { measure: "sent twice" },
    { measure: "timeout lunch" },
    { measure: "by sendmail\n" },
    { start: 1e300 },
    { least: 9e12 },
    { count: 0.5 },
  ])("is refused for a count with %j", (over) => {
    expect(schema.Check(sent({ counts: [count] }))).toBe(true);
    expect(schema.Check(sent({ counts: [{ ...count, ...over }] }))).toBe(false);
  });

  it("has no character left that a database, a terminal or a page stumbles over", () => {
    for (let code = 0; code <= 0xffff; code += 1) {
      const text = `a${String.fromCharCode(code)}b`;
      const told = Object.entries(cleaned({ [text]: [{ text }] }) as Record<string, [{ text: string }]>).flatMap(([key, [each]]) => [
        key,
        each.text,
      ]);
      if (!told.every((each) => isPrintable(each) && each.isWellFormed())) expect(told).toBe(`printable for ${code.toString(16)}`);
    }
  });

  it("is refused where it is nested too deeply", () => {
    const nested = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`) as unknown;
    expect(() => cleaned(nested)).toThrow("nested too deeply");
  });

  it("keeps what merely looks like an escape", () => {
    expect(cleaned({ reason: "said \\u0000 and \\x00", ключ: ["ёж", 1, null, true] })).toEqual({
      reason: "said \\u0000 and \\x00",
      ключ: ["ёж", 1, null, true],
    });
  });
});
