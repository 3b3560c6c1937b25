/**
 * The end-of-data test really delivers, so it is bounded and never repeated: a test tool must not become a way to pester people.
 *
 * The rule for every act that may happen only once: a row claims it before it happens, for one caller only. Who finds it claimed
 * leaves it alone, after a restart and in another process as well. A probe whose delivery has begun therefore never runs again:
 * it ends as failed, with what is known.
 */
import type { DeliveryLimit, DeliveryLimits, Store, StoredDelivery } from "@mxray/store";
import { Refusal } from "../refusal.ts";

const HOUR_MS = 3600 * 1000;
/** Tests within an hour; each sends two messages at most. */
const DELIVERY_TESTS = { perRecipient: 3, overall: 20 } as const;

/** Of the hour before `now`, in milliseconds since 1970. */
export function deliveryLimits(now: number): DeliveryLimits {
  return { since: new Date(now - HOUR_MS).toISOString(), ...DELIVERY_TESTS };
}

export function deliveryRefusal(limit: DeliveryLimit, recipient: string): Refusal {
  const [whom, count] = limit === "perRecipient" ? [`to ${recipient}`, DELIVERY_TESTS.perRecipient] : ["in all", DELIVERY_TESTS.overall];
  return new Refusal(
    "too-many-deliveries",
    `This server really delivers at most ${count} tests an hour ${whom}, and that many were sent; wait, or probe without the end-of-data test.`,
  );
}

/** Claims the delivery of a probe: null when its messages may leave, else why not. Never rejects. */
export async function claimDelivery(
  { store, onError }: { readonly store: Store; readonly onError: (error: unknown) => void },
  probeId: string,
  recipient: string,
  messageIds: readonly string[],
): Promise<string | null> {
  const now = Date.now();
  try {
    const claim = await store.deliveries.begin({ probeId, recipient, at: new Date(now).toISOString(), messageIds }, deliveryLimits(now));
    if (claim === "begun") return null;
    if (claim === "repeated") return "This probe has delivered its test messages before; a delivery is never repeated.";
    return deliveryRefusal(claim, recipient).message;
  } catch (error) {
    onError(error);
    return "The delivery could not be noted in the store, so no test message was sent; the server's log has the details.";
  }
}

/** What is known of a delivery that the end of a server interrupted. */
export function interruptedDelivery({ recipient, begunAt, messageIds }: StoredDelivery): string {
  const at = `${begunAt.slice(0, 16).replace("T", " ")} UTC`;
  return `The server ended while this probe delivered its test messages to ${recipient} (begun ${at}). A delivery is never repeated. Up to two messages arrived; look for Message-ID ${messageIds.join(", ")}. To test again, start a new probe.`;
}
