import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

export function sessionSuite(storeOf: () => Store): void {
  const { run, share, screen } = storeSteps(storeOf);

  it("use up a sign-in token once, and never an expired one", async () => {
    await storeOf().sessions.addSignInToken("token", LATER);
    await storeOf().sessions.addSignInToken("old", AT);
    expect(await storeOf().sessions.signInToken("token", AT)).toEqual({ userId: null });
    expect(await storeOf().sessions.signInToken("old", LATER)).toBeNull();
    expect(await storeOf().sessions.consumeSignInToken("old", LATER)).toBe(false);
    expect(await storeOf().sessions.consumeSignInToken("token", LATER)).toBe(false);
    await storeOf().sessions.addSignInToken("fresh", LATER);
    expect(await Promise.all([1, 2, 3].map(() => storeOf().sessions.consumeSignInToken("fresh", AT)))).toEqual([true, false, false]);
  });

  const begin = (sessionHash: string, createdAt = AT) =>
    storeOf().sessions.create({ sessionHash, createdAt, expiresAt: LATER, address: "192.0.2.7", browser: "Firefox on Linux" });

  it("stand until they expire or end", async () => {
    await begin("session");
    const signIn = await storeOf().sessions.signInOf("session", AT);
    expect(signIn).toEqual({ id: expect.any(String), at: AT, address: "192.0.2.7", browser: "Firefox on Linux", user: null });
    expect(await storeOf().sessions.signInOf("session", LATER)).toBeNull();
    await storeOf().sessions.delete("session");
    expect(await storeOf().sessions.signInOf("session", AT)).toBeNull();
  });

  it("are remembered by the links that were made in them, also when they have ended", async () => {
    await begin("session");
    const madeBy = await storeOf().sessions.signInOf("session", AT);
    const signInId = madeBy?.id ?? "";
    const made = await storeOf().links.create(share(await run([hole()]), { signInId }));
    const wall = await storeOf().links.create(screen({ tokenHash: "wall", signInId }));
    expect([made.madeBy, wall.madeBy]).toEqual([madeBy, madeBy]);
    await storeOf().sessions.delete("session");
    await begin("next", LATEST);
    expect((await storeOf().links.list()).map((link) => link.madeBy)).toEqual([madeBy, madeBy]);
  });
}
