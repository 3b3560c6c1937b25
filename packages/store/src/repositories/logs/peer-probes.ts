/** Which peers were probed because of the log, and which of them want none of it. */
import type { Kysely } from "kysely";
import type { LogStore } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";

export function peerProbes(db: Kysely<Tables>): Pick<LogStore, "peerProbe" | "notePeerProbe" | "addressOfPeerProbe" | "refusePeerProbes"> {
  return {
    async peerProbe(address) {
      const row = await db.selectFrom("peer_probe").selectAll().where("address", "=", address).executeTakeFirst();
      return row === undefined ? null : { probedAt: row.probed_at, probeId: row.probe_id, refusedAt: row.refused_at };
    },

    async notePeerProbe(address, probedAt, probeId) {
      const probe = { probed_at: probedAt, probe_id: probeId };
      await db
        .insertInto("peer_probe")
        .values({ address, ...probe, refused_at: null })
        .onConflict((conflict) => conflict.column("address").doUpdateSet(probe))
        .execute();
    },

    async addressOfPeerProbe(probeId) {
      const row = await db.selectFrom("peer_probe").select("address").where("probe_id", "=", probeId).executeTakeFirst();
      return row?.address ?? null;
    },

    async refusePeerProbes(address, at) {
      await db
        .insertInto("peer_probe")
        .values({ address, probed_at: at, probe_id: null, refused_at: at })
        .onConflict((conflict) => conflict.column("address").doUpdateSet({ refused_at: at }))
        .execute();
    },
  };
}
