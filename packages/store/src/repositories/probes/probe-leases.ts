/** Who runs which probe. A process that ends without a word loses its probes when its lease ends. */
import type { Kysely } from "kysely";
import type { ProbeStore } from "../../interfaces/probe-store.ts";
import type { Tables } from "../../schema/tables.ts";

const WAITING = { status: "queued", started_at: null, owner: null, leased_until: null } as const;

export function probeLeases(db: Kysely<Tables>): Pick<ProbeStore, "waiting" | "start" | "renew" | "release"> {
  return {
    async waiting({ owner, at, limit, elsewhere = [], elsewhereSince = "" }) {
      await db
        .updateTable("probe")
        .set(WAITING)
        .where("status", "=", "running")
        .where("owner", "!=", owner)
        .where("leased_until", "<", at)
        .execute();
      const waiting = db.selectFrom("probe").select("id").where("status", "=", "queued");
      const here =
        elsewhere.length === 0
          ? waiting
          : waiting.where(({ or, eb }) => or([eb("vantage", "not in", elsewhere), eb("created_at", "<", elsewhereSince)]));
      const rows = await here.orderBy("id").limit(limit).execute();
      return rows.map(({ id }) => id);
    },

    async start(id, startedAt, lease) {
      const { numUpdatedRows } = await db
        .updateTable("probe")
        .set({ status: "running", started_at: startedAt, owner: lease?.owner ?? null, leased_until: lease?.until ?? null })
        .where("id", "=", id)
        .where("status", "=", "queued")
        .executeTakeFirst();
      return numUpdatedRows === 1n;
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
