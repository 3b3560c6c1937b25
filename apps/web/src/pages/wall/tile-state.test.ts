import { expect, test } from "vitest";
import { tileState } from "./tile-state.ts";

const TILE = {
  severity: "warning",
  acknowledged: false,
  kinds: [{ code: "smtp-fixup", confidence: "likely" }],
  members: ["192.0.2.1"],
  memberCount: 1,
} as const;
const tile = (change: object = {}) => tileState({ ...TILE, kinds: [...TILE.kinds], members: [...TILE.members], ...change });

test("a tile that says the same has the same state, whenever it began", () => {
  expect(tile({ since: "2026-11-28T10:00:00Z" })).toBe(tile({ since: "2026-12-01T10:00:00Z" }));
});

test.each([
  ["worse", { severity: "critical" }],
  ["acknowledged", { acknowledged: true }],
  ["surer", { kinds: [{ code: "smtp-fixup", confidence: "proven" }] }],
  ["of more hosts", { memberCount: 2 }],
])("a tile that is %s has another state", (_, change) => {
  expect(tile(change)).not.toBe(tile());
});
