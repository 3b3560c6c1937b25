import { expect, test } from "vitest";
import { StallTable } from "../src/statistics/stall-table.ts";

test("each row counts its own stalls by stage, over several parts of the table", () => {
  const table = new StallTable();
  const rows = Array.from({ length: 600 }, () => table.row());
  for (const [index, row] of rows.entries()) {
    row.add("body", true, index * 1000 + 999, 2);
    row.add("body", false, index * 1000 + 5000, 1);
    row.add("rcpt", true, Number.NaN, 1);
    row.addEpisode("body");
  }
  for (const [index, row] of rows.entries()) {
    expect(row.tallies()).toEqual([
      expect.objectContaining({ stage: "rcpt", timeouts: 1, losses: 0, episodes: 0 }),
      { stage: "body", timeouts: 2, losses: 1, episodes: 1, first: index, last: index + 5 },
    ]);
  }
});

test("times before 1970 and after 2038 are kept, and a row is used again without what it counted", () => {
  const table = new StallTable();
  const row = table.row();
  row.add("quit", false, -1, 1);
  row.add("quit", false, 2 ** 33 * 1000, 1);
  expect(row.tallies()).toEqual([{ stage: "quit", timeouts: 0, losses: 2, episodes: 0, first: -1, last: 2 ** 33 }]);
  table.release(row);
  expect(table.row()).toBe(row);
  expect(row.tallies()).toEqual([]);
  row.add("ehlo", true, 7000, 1);
  expect(row.tallies()).toEqual([{ stage: "ehlo", timeouts: 1, losses: 0, episodes: 0, first: 7, last: 7 }]);
});
