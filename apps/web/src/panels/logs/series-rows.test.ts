import { expect, test } from "vitest";
import { seriesRows } from "./series-rows.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 1) + seconds * 1000).toISOString();

test("buckets without a count are there, too", () => {
  const rows = seriesRows({ from: at(0), to: at(300), bucketSeconds: 60 }, [
    { at: at(60), key: "sent", count: 2 },
    { at: at(60), key: "stalled", count: 1 },
    { at: at(240), key: "sent", count: 5 },
  ]);
  expect(rows.map(({ counts }) => counts)).toEqual([{}, { sent: 2, stalled: 1 }, {}, {}, { sent: 5 }]);
  expect(rows[1]).toMatchObject({ from: Date.parse(at(60)), to: Date.parse(at(120)) });
});

test("a log with a stray time of years ago makes no more rows than can be drawn, and loses nothing", () => {
  const rows = seriesRows({ from: "1970-01-01T00:00:00.000Z", to: at(60), bucketSeconds: 60 }, [
    { at: "1970-01-01T00:00:00.000Z", key: "sent", count: 1 },
    { at: at(0), key: "sent", count: 7 },
  ]);
  expect(rows.length).toBeLessThanOrEqual(120);
  expect(rows[0]?.counts).toEqual({ sent: 1 });
  expect(rows.at(-1)?.counts).toEqual({ sent: 7 });
});
