import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, LATER } from "./suite-data.ts";

export function settingSuite(storeOf: () => Store): void {
  it("are kept, changed and taken away, all of a change at once", async () => {
    expect(await storeOf().settings.list()).toEqual([]);
    await storeOf().settings.change({ logDays: "9", helo: "mx.example.test" }, AT);
    await storeOf().settings.change({ logDays: "14", helo: null, contact: null }, LATER);
    expect(await storeOf().settings.list()).toEqual([{ name: "logDays", value: "14", changedAt: LATER }]);
  });
}
