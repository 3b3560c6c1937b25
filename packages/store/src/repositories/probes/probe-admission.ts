/** Writes probes down, within limits and once for each claim. */

import { LOCAL_VANTAGE } from "@mxray/contracts";
import type { Kysely, Selectable, Transaction } from "kysely";
import type { Act } from "../../interfaces/audit-store.ts";
import type { NewProbe, ProbeClaim, ProbeLimits, ProbeRefusal } from "../../interfaces/probe-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { ProbeTable, Tables } from "../../schema/tables.ts";
import { noteAct } from "../audit/audit.ts";
import { claimPeerProbe } from "../logs/peer-probes.ts";
import { askForDelivery } from "./deliveries.ts";

type ProbeRow = Selectable<ProbeTable>;

export async function admitProbe(
  db: Kysely<Tables>,
  probe: NewProbe,
  limits: ProbeLimits,
  claim: ProbeClaim | undefined,
  act: Act | undefined,
): Promise<ProbeRow | ProbeRefusal> {
  try {
    return await db.transaction().execute(async (transaction) => {
      const id = newId();
      await checkQueue(transaction, limits.unended);
      const { deliverTo: recipient } = probe.request;
      if (recipient !== undefined) {
        const reached = await askForDelivery(transaction, { probeId: id, recipient, at: probe.createdAt }, limits.deliveries);
        if (reached !== null) throw new Refused(reached);
      }
      if (claim !== undefined && !(await isClaimed(transaction, claim, id, probe.createdAt))) throw new Refused("claimed");
      if (act !== undefined)
        await noteAct(transaction, act, { id, name: probe.target, detail: recipient === undefined ? null : `delivers to ${recipient}` });
      return await insertProbe(transaction, id, probe);
    });
  } catch (error) {
    if (error instanceof Refused) return error.why;
    throw error;
  }
}

/** Takes everything back that the transaction wrote. */
class Refused extends Error {
  readonly why: ProbeRefusal;

  constructor(why: ProbeRefusal) {
    super(why);
    this.why = why;
  }
}

async function checkQueue(db: Transaction<Tables>, most: number): Promise<void> {
  const { count } = await db
    .selectFrom("probe")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("status", "in", ["queued", "running"])
    .executeTakeFirstOrThrow();
  if (Number(count) >= most) throw new Refused("queue-full");
}

export async function insertProbe(
  db: Kysely<Tables>,
  id: string,
  { target, request, createdAt, previousId, practice = false, watchId, groupId }: NewProbe,
): Promise<ProbeRow> {
  const row = {
    id,
    target,
    vantage: request.vantage ?? LOCAL_VANTAGE,
    status: "queued" as const,
    created_at: createdAt,
    started_at: null,
    finished_at: null,
    request: JSON.stringify(request),
    previous_id: previousId,
    observation: null,
    verdict: null,
    error: null,
    practice: Number(practice),
    watch_id: watchId ?? null,
    group_id: groupId ?? null,
    round_key: null,
    measures: null,
    same_as: null,
    owner: null,
    leased_until: null,
  };
  await db.insertInto("probe").values(row).execute();
  return row;
}

/** Moves what is claimed; false where it has moved. */
async function isClaimed(db: Transaction<Tables>, claim: ProbeClaim, probeId: string, at: string): Promise<boolean> {
  switch (claim.kind) {
    case "round": {
      const { numUpdatedRows } = await db
        .updateTable("watch")
        .set({ due_at: claim.nextDueAt, trouble: null })
        .where("id", "=", claim.watchId)
        .where("due_at", "=", claim.dueAt)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    }
    case "stalled-peer":
      return await claimPeerProbe(db, { address: claim.address, since: claim.since, probeId, at });
  }
}
