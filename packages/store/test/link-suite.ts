import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, hole, LATER, LATEST, storeSteps } from "./suite-data.ts";

export function linkSuite(storeOf: () => Store): void {
  const { run, share, screen } = storeSteps(storeOf);

  it("to a diagnosis are found by their token's hash, counted and revoked once", async () => {
    const probeId = await run([hole()]);
    const made = await storeOf().links.create(share(probeId));
    expect(made).toMatchObject({
      opens: "diagnosis",
      probeId,
      name: "example.test",
      opened: 0,
      revokedAt: null,
      includePrivate: false,
      madeBy: null,
    });
    await storeOf().links.countOpening(made.id, LATER);
    await storeOf().links.countOpening(made.id, LATEST);
    expect(await storeOf().links.revoke(made.id, LATEST)).toBe(true);
    expect(await storeOf().links.revoke(made.id, LATEST)).toBe(false);
    expect(await storeOf().links.byTokenHash("hash")).toMatchObject({ opened: 2, lastUsedAt: LATEST, revokedAt: LATEST });
    expect(await storeOf().links.byTokenHash("other")).toBeNull();
    const second = await storeOf().links.create(share(probeId, { tokenHash: "second", includePrivate: true }));
    expect(second).toMatchObject({ includePrivate: true, hidesSource: false });
    expect((await storeOf().links.list()).map(({ tokenHash }) => tokenHash)).toEqual(["second", "hash"]);
  });

  it("open a probe that exists, or a wall that has a name, and nothing else", async () => {
    await expect(storeOf().links.create(share("none"))).rejects.toThrow();
    await expect(storeOf().links.create(screen({ name: null }))).rejects.toThrow();
    await expect(storeOf().links.create(screen({ opens: "diagnosis" }))).rejects.toThrow();
  });

  it("to the wall note their use, are revoked once and outlive every probe", async () => {
    const probeId = await run([hole()]);
    const made = await storeOf().links.create(screen());
    expect(made).toMatchObject({ opens: "wall", name: "NOC, left", probeId: null, expiresAt: null, lastUsedAt: null, opened: 0 });
    await storeOf().links.countOpening(made.id, AT);
    await storeOf().links.noteUse(made.id, LATER);
    await storeOf().links.create(share(probeId, { tokenHash: "second" }));
    expect((await storeOf().links.list()).map(({ opens }) => opens)).toEqual(["diagnosis", "wall"]);
    await storeOf().probes.delete(probeId);
    expect((await storeOf().links.list()).map(({ opens }) => opens)).toEqual(["wall"]);
    expect(await storeOf().links.revoke(made.id, LATEST)).toBe(true);
    expect(await storeOf().links.revoke(made.id, LATEST)).toBe(false);
    expect(await storeOf().links.byTokenHash("hash")).toEqual({ ...made, lastUsedAt: LATER, opened: 1, revokedAt: LATEST });
  });
}
