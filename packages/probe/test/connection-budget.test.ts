import { expect, test } from "vitest";
import { ConnectionBudget } from "../src/session/connection-budget.ts";

test("says in their order what connections were wanting for, and keeps some for what matters more", () => {
  const budget = new ConnectionBudget(3);
  budget.keep("direction", 1);
  expect(budget.take("exactness")).toBe(1);
  expect(budget.take("exactness")).toBe(2);
  expect(budget.take("hashed-paths")).toBeNull();
  expect(budget.take("exactness")).toBeNull();
  expect(budget.take("direction")).toBe(3);
  expect(budget.lacks("direction")).toBe(true);
  expect(budget.short).toEqual(["direction", "exactness", "hashed-paths"]);
});
