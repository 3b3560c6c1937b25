/** Looks at a machine's SMTP connections become what `/api/v1/live` shows. */
import type { LiveDeliveries, LiveDelivery, MailConnection } from "@mxray/contracts";
import { LiveJudgement } from "./live-judgement.ts";

/** Its connections, or why they cannot be read. */
export type Look = { readonly ok: true; readonly connections: readonly MailConnection[] } | { readonly ok: false; readonly reason: string };

const MOST_SHOWN = 200;

export const NOTHING_LIVE: LiveDeliveries = { at: null, missing: null, count: { inbound: 0, outbound: 0, stalled: 0 }, deliveries: [] };

export class LiveWatch {
  readonly #judgement = new LiveJudgement();

  /** Each look is judged with those before; one in two seconds is enough. */
  look(look: Look): LiveDeliveries {
    const deliveries = look.ok ? this.#judgement.judge(look.connections, performance.now()) : [];
    return {
      at: new Date().toISOString(),
      missing: look.ok ? null : look.reason,
      count: countsOf(deliveries),
      deliveries: deliveries.slice(0, MOST_SHOWN),
    };
  }
}

function countsOf(deliveries: readonly LiveDelivery[]): LiveDeliveries["count"] {
  const number = (test: (one: LiveDelivery) => boolean) => deliveries.filter(test).length;
  return {
    inbound: number(({ direction }) => direction === "inbound"),
    outbound: number(({ direction }) => direction === "outbound"),
    stalled: number(({ state }) => state === "stalled"),
  };
}
