/** Probes in the database: how one comes in, runs, ends, is read and goes. */

import type { Kysely } from "kysely";
import type { ProbeStore } from "../../interfaces/probe-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { Tables } from "../../schema/tables.ts";
import { recorded } from "../audit/audit.ts";
import { forgetFindingsOf } from "../findings/findings.ts";
import { admitProbe, insertProbe } from "./probe-admission.ts";
import { finishProbe } from "./probe-end.ts";
import { probeLeases } from "./probe-leases.ts";
import { probeReading } from "./probe-reading.ts";
import { probeSummaryOf } from "./probe-summary.ts";
import { probeTidying } from "./probe-tidying.ts";

export function probeStore(db: Kysely<Tables>): ProbeStore {
  return {
    async create(probe) {
      return probeSummaryOf(await insertProbe(db, newId(), probe));
    },

    async admit(probe, limits, claim, act) {
      const row = await admitProbe(db, probe, limits, claim, act);
      return typeof row === "string" ? row : probeSummaryOf(row);
    },

    ...probeLeases(db),

    finish: (id, outcome) => db.transaction().execute((transaction) => finishProbe(transaction, id, outcome)),

    ...probeReading(db),

    delete: (id, act) =>
      recorded(db, act, async (transaction) => {
        await forgetFindingsOf(transaction, id);
        await transaction.updateTable("probe").set({ same_as: null }).where("same_as", "=", id).execute();
        const deleted = await transaction.deleteFrom("probe").where("id", "=", id).returning("target").executeTakeFirst();
        return deleted === undefined ? null : { id, name: deleted.target };
      }),

    ...probeTidying(db),
  };
}
