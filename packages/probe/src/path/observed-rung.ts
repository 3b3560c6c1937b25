/** A rung as the search saw it. */
import type { Rung } from "@mxray/contracts";

/** One rung with the number of times its packet was sent with DF and lost. */
export interface ObservedRung {
  readonly rung: Rung;
  /** Transmissions of the full-size packet with DF set that were lost: the first and each retransmission. */
  readonly losses: number;
  /** The packet was sent again without DF after it was lost. */
  readonly releaseTried?: boolean;
}

export function isLoss(rung: Rung): boolean {
  return rung.outcome === "stalled" || rung.outcome === "released";
}
