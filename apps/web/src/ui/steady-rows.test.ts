import { expect, it } from "vitest";
import { steadyRows } from "./steady-rows.ts";

const steady = (shown: string, now: string) => {
  const { rows, fresh } = steadyRows([...shown], [...now], (row) => row);
  return [rows.join(""), fresh];
};

it("keeps rows where they are, adds those of the next page, and counts what came between", () => {
  expect(steady("", "abc")).toEqual(["abc", 0]);
  expect(steady("abc", "abc")).toEqual(["abc", 0]);
  expect(steady("abc", "xyabc")).toEqual(["abc", 2]);
  expect(steady("abc", "axbcd")).toEqual(["abcd", 1]);
  expect(steady("abc", "cba")).toEqual(["abc", 0]);
  expect(steady("abc", "ac")).toEqual(["abc", 0]);
  expect(steady("abc", "xyz")).toEqual(["abc", 3]);
});

it("shows what is in a row as it is now", () => {
  const { rows } = steadyRows([{ id: "a", state: "open" }], [{ id: "a", state: "fixed" }], ({ id }) => id);
  expect(rows).toEqual([{ id: "a", state: "fixed" }]);
});
