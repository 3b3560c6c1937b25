/** Which peers were probed because of the log, and which of them want none of it. */
import type { Kysely } from "kysely";
import type { LogStore } from "../../log-store.ts";
import type { Tables } from "../../tables.ts";

export function peerProbes(db: Kysely<Tables>): Pick<LogStore, "peerProbe" | "notePeerProbe" | "refusePeerProbes"> {
  return {
    async peerProbe(address) {
      const row = await db.selectFrom("peer_probe").selectAll().where("address", "=", address).executeTakeFirst();
      return row === undefined ? null : { probedAt: row.probed_at, refusedAt: row.refused_at };
    },

    async notePeerProbe(address, probedAt) {
      await db
        .insertInto("peer_probe")
        .values({ address, probed_at: probedAt, refused_at: null })
        .onConflict((conflict) => conflict.column("address").doUpdateSet({ probed_at: probedAt }))
        .execute();
    },

    async refusePeerProbes(address, at) {
      await db
        .insertInto("peer_probe")
        .values({ address, probed_at: at, refused_at: at })
        .onConflict((conflict) => conflict.column("address").doUpdateSet({ refused_at: at }))
        .execute();
    },
  };
}
