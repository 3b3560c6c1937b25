/** Which stalled peers were probed automatically, and which of them want none of it. */
import type { Transaction } from "kysely";
import type { Tables } from "../../schema/tables.ts";

/** Notes the probe; false where the peer was probed since, or refused to be. */
export async function claimPeerProbe(
  db: Transaction<Tables>,
  { address, since, probeId, at }: { readonly address: string; readonly since: string; readonly probeId: string; readonly at: string },
): Promise<boolean> {
  const probe = { probed_at: at, probe_id: probeId };
  const claimed = await db
    .insertInto("peer_probe")
    .values({ address, ...probe, refused_at: null })
    .onConflict((conflict) =>
      conflict.column("address").doUpdateSet(probe).where("peer_probe.refused_at", "is", null).where("peer_probe.probed_at", "<=", since),
    )
    .returning("address")
    .execute();
  return claimed.length === 1;
}

/** The peer that this probe was made for, if it was, refused: none is made automatically any more. */
export async function refusePeerProbes(db: Transaction<Tables>, probeId: string, at: string): Promise<void> {
  await db.updateTable("peer_probe").set({ refused_at: at }).where("probe_id", "=", probeId).execute();
}
