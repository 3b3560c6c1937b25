/** A minute of chaos; `npm run bench -- chaos --minutes=30` has more of it. */
import { expect, it } from "vitest";
import { runChaos } from "../bench/chaos/chaos-run.ts";

it("a server keeps its promises under random acts and troubles", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { ledger, starts, leftOut, log } = await runChaos({ seconds: 60, seed });
  console.log(`seed ${seed}, ${starts} starts, ${[...ledger.acts].map(([what, count]) => `${what}: ${count}`).join(", ")}`);
  for (const what of leftOut) console.log(`left out: ${what}`);
  if (ledger.violations.length > 0) console.log(log.slice(-5000));
  expect(ledger.violations).toEqual([]);
  expect(starts).toBeGreaterThan(0);
}, 400_000);
