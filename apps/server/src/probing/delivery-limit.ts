/** How often the end-of-data test may really deliver: a test tool must not become a way to pester people. */
import type { Store } from "@mxray/store";
import { Refusal } from "../refusal.ts";

const HOUR_MS = 3600 * 1000;
/** Tests within an hour; each sends two messages at most. */
const DELIVERY_TESTS = { perRecipient: 3, overall: 20 } as const;

/**
 * Counts a delivery test in.
 *
 * @throws Refusal `too-many-deliveries`
 */
export async function admitDelivery(store: Store, recipient: string): Promise<void> {
  const now = Date.now();
  const since = new Date(now - HOUR_MS).toISOString();
  const reached = await store.deliveries.record({ recipient, at: new Date(now).toISOString() }, { since, ...DELIVERY_TESTS });
  if (reached === null) return;
  const [whom, count] = reached === "perRecipient" ? [`to ${recipient}`, DELIVERY_TESTS.perRecipient] : ["in all", DELIVERY_TESTS.overall];
  throw new Refusal(
    "too-many-deliveries",
    `This server really delivers at most ${count} tests an hour ${whom}, and that many were sent; wait, or probe without the end-of-data test.`,
  );
}
