/** Paths that lose packets of any size at random. Many more such paths: `npm run bench -- trust`. */
import { expect, test } from "vitest";
import { describeLabPath, digHole } from "./lab-path.ts";
import { probeHostFrom } from "./probe-from.ts";

const ROUNDS = 2;
const AT_A_TIME = 4;

describeLabPath("random loss on a path through the kernel", (lab) => {
  test.each([
    [5, null],
    [10, null],
    [5, 1400],
  ] as const)("%i %% random loss with a hole of %s: size is blamed only where there is one", { timeout: 200_000 }, async (loss, hole) => {
    const { network, v4 } = lab();
    if (hole !== null) await digHole(network, 1, hole);
    await network.setLoss(loss);
    let sure = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const stages = ["connect", "greeting", "ehlo", "noop-ladder"] as const;
      const hosts = await Promise.all(Array.from({ length: AT_A_TIME }, () => probeHostFrom(network, v4, { stages })));
      for (const { outbound } of hosts.map(({ path }) => path)) {
        if (hole === null)
          expect([outbound.verdict, outbound.confidence]).not.toEqual(["black-hole", expect.stringMatching(/likely|proven/)]);
        else if (outbound.verdict === "black-hole" && outbound.mtu === hole && outbound.confidence !== "suspected") sure += 1;
      }
    }
    if (hole !== null) expect(sure).toBeGreaterThanOrEqual(ROUNDS * AT_A_TIME - 1);
  });
});
