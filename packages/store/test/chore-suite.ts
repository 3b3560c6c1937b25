import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AFTERWARDS, AT, LATER, LATEST } from "./suite-data.ts";

export function choreSuite(storeOf: () => Store): void {
  const claim = (until: string, now = LATER) => storeOf().chores.claim("tidy", { now, until, latest: AFTERWARDS });

  it("are begun once when they are due, and again when they were asked for meanwhile", async () => {
    expect(await claim(LATEST)).toBe(false);
    await storeOf().chores.ask("tidy", LATEST);
    expect(await claim(LATEST)).toBe(false);
    await storeOf().chores.ask("tidy", AT);
    await storeOf().chores.ask("tidy", LATEST);
    expect((await Promise.all([claim(LATEST), claim(LATEST)])).toSorted()).toEqual([false, true]);
    await storeOf().chores.done("tidy", LATEST, AFTERWARDS);
    expect(await claim(AFTERWARDS, LATEST)).toBe(false);
    await storeOf().chores.ask("tidy", AT);
    expect(await claim(LATEST)).toBe(true);
    await storeOf().chores.ask("tidy", AT);
    await storeOf().chores.done("tidy", LATEST, AFTERWARDS);
    expect(await claim(LATEST)).toBe(true);
  });

  it("are due again when the process that began one is gone, and when the clock was set back", async () => {
    await storeOf().chores.ask("tidy", AT);
    expect(await claim(LATEST)).toBe(true);
    expect(await claim(AFTERWARDS, LATEST)).toBe(true);
    await storeOf().chores.done("tidy", AFTERWARDS, "2027-01-01T00:00:00.000Z");
    expect(await claim(LATEST, AT)).toBe(true);
  });
}
