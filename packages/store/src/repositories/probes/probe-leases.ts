/** Who runs which probe. A process that ends without a word loses its probes when its lease ends. */
import type { Kysely } from "kysely";
import type { ProbeStore } from "../../interfaces/probe-store.ts";
import type { Tables } from "../../schema/tables.ts";

const WAITING = { status: "queued", started_at: null, owner: null, leased_until: null } as const;

export function probeLeases(db: Kysely<Tables>): Pick<ProbeStore, "claim" | "renew" | "release"> {
  return {
    async claim({ owner, at, until, limit }) {
      if (limit <= 0) return [];
      return await db.transaction().execute(async (transaction) => {
        await transaction
          .updateTable("probe")
          .set(WAITING)
          .where("status", "=", "running")
          .where("owner", "!=", owner)
          .where("leased_until", "<", at)
          .execute();
        const waiting = transaction.selectFrom("probe").select("id").where("status", "=", "queued").orderBy("id").limit(limit);
        const begun = await transaction
          .updateTable("probe")
          .set({ status: "running", started_at: at, owner, leased_until: until })
          .where("id", "in", waiting)
          .where("status", "=", "queued")
          .returning("id")
          .execute();
        return begun.map(({ id }) => id).toSorted();
      });
    },

    async renew({ owner, until }) {
      const held = await db
        .updateTable("probe")
        .set({ leased_until: until })
        .where("owner", "=", owner)
        .where("status", "=", "running")
        .returning("id")
        .execute();
      return held.map(({ id }) => id);
    },

    async release(owner) {
      const running = db.updateTable("probe").set(WAITING).where("status", "=", "running");
      await (owner === null ? running : running.where("owner", "=", owner)).execute();
    },
  };
}
