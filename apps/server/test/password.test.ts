import { argon2Sync } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { HashPlaces } from "../src/access/hash-places.ts";
import { hashPassword, passwordProblem, verifyPassword } from "../src/access/password.ts";

const GOOD = "correct horse battery";

describe("a password", () => {
  it("is kept as argon2id with 19 MiB and two passes, salted, and fits only itself", async () => {
    const [one, other] = await Promise.all([hashPassword(GOOD), hashPassword(GOOD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(other);
    expect(await verifyPassword(one, GOOD)).toBe(true);
    expect(await verifyPassword(one, `${GOOD} `)).toBe(false);
    expect(await verifyPassword(null, GOOD)).toBe(false);
    expect(await verifyPassword(null, "")).toBe(false);
  });

  it("is understood as the reference implementation of argon2 writes it", async () => {
    const known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await verifyPassword(known, "password")).toBe(true);
  });

  it("is the same from keyboards that compose its letters differently", async () => {
    expect(await verifyPassword(await hashPassword("gr\u00fc\u00dfe aus k\u00f6ln"), "gru\u0308\u00dfe aus ko\u0308ln")).toBe(true);
  });

  it.each([
    ["short", "ann", /12 to 200 characters; this one has 5/],
    ["x".repeat(201), "ann", /this one has 201/],
    ["aaaaaaaaaaaaaaaa", "ann", /five different characters/],
    ["annabel-smith-1", "annabel-smith", /does not contain your name/],
    [GOOD, "ann", null],
    ["🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧", "ann", null],
  ])("'%s' of %s", (password, name, problem) => {
    if (problem === null) expect(passwordProblem(password, name)).toBeNull();
    else expect(passwordProblem(password, name)).toMatch(problem);
  });

  it("costs as much for nobody as for somebody", async () => {
    const stored = await hashPassword(GOOD);
    const timed = async (kept: string | null) => {
      const times: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const from = performance.now();
        await verifyPassword(kept, "the wrong password");
        times.push(performance.now() - from);
      }
      return times.toSorted((a, b) => a - b)[2] ?? 0;
    };
    const [known, unknown] = [await timed(stored), await timed(null)];
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  it("is hashed beside the event loop", async () => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await verifyPassword(null, GOOD);
    delay.enable();
    await Promise.all(Array.from({ length: 8 }, () => verifyPassword(null, GOOD)));
    delay.disable();
    // The same work in the loop, in the same run, on the same machine.
    const cost = { memory: 19 * 1024, passes: 2, parallelism: 1, nonce: Buffer.alloc(16), tagLength: 32 };
    const from = performance.now();
    argon2Sync("argon2id", { message: GOOD, ...cost });
    expect(delay.percentile(50) / 1e6).toBeLessThan((performance.now() - from) / 2);
  });
});

describe("places for hashes", () => {
  it("are given in order, never more at once, and a queue that is full refuses", async () => {
    const places = new HashPlaces({ atOnce: 2, mostWaiting: 3 });
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const runs = [0, 1, 2, 3, 4].map((index) =>
      places.run(async () => {
        begun.push(index);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (index === 1) throw new Error("a hash that fails");
        return index;
      }),
    );
    const ended = Promise.allSettled(runs);
    await expect(places.run(async () => 9)).rejects.toMatchObject({ code: "busy" });
    expect(begun).toEqual([0, 1]);
    while (ends.length > 0) {
      ends.shift()?.();
      await new Promise(setImmediate);
    }
    expect((await ended).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(await places.run(async () => 9)).toBe(9);
  });
});
