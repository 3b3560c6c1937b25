/** How many messages stalled in the last 24 hours, as the followed logs show: no wall is calm over those. */
import type { WallSnapshot } from "@mxray/contracts";

export function stalledMessages({ flow }: Pick<WallSnapshot, "flow">): number {
  return (flow?.buckets ?? []).reduce((sum, { stalled }) => sum + stalled, 0);
}
