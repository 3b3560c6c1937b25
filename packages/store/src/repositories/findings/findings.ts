import type { Finding, FindingCode, FindingReference, FindingSubject, ProbeRequest } from "@mxray/contracts";
import { findingIdentity, severityRank } from "@mxray/contracts";
import { type DeleteQueryBuilder, type DeleteResult, type Kysely, sql, type Transaction } from "kysely";
import type { Act } from "../../interfaces/audit-store.ts";
import type { AskedFinding, FindingStore, GoneSubject, StoredFinding } from "../../interfaces/finding-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { listOf } from "../../sql/dialect.ts";
import { recorded } from "../audit/audit.ts";
import { appraiseFinding, standingFindings } from "./finding-appraisal.ts";
import { changesOf } from "./finding-changes.ts";
import type { LifeObservation } from "./finding-life.ts";
import { CAUSE, type FindingRow, findingCounts, findingPage, SUBJECTS } from "./finding-page.ts";
import { recordHostFindings } from "./host-findings.ts";
import { livedFinding, recordObservation, recordSighting } from "./lived-findings.ts";
import { recordLogFindings } from "./log-findings.ts";
import { recordOurSide } from "./our-side.ts";

export function findingStore(db: Kysely<Tables>): FindingStore {
  return {
    get: (id) => findingOfId(db, id),

    async list(query) {
      const { rows, next } = await findingPage(db, query);
      return { findings: rows.map((row) => ({ ...findingOf(row), ...(row.stalled === null ? {} : { stalled: row.stalled }) })), next };
    },

    count: (filter) => findingCounts(db, filter),

    life: (id) => changesOf(db, id),

    async absorbedBy(id) {
      return (await keptFindings(db).where("absorbed_by", "=", id).orderBy("id").execute()).map(findingOf);
    },

    ofProbe: (probeId) => findingsOfProbe(db, probeId),

    unfixedAbout: (addresses) => unfixedAbout(db, addresses),

    standing: () => standingFindings(db),

    appraise: (appraisal) =>
      db.transaction().execute(async (transaction) => {
        for (const { finding, ...of } of await appraiseFinding(transaction, appraisal)) await recordFindings(transaction, of, [finding]);
      }),

    acknowledge: (id, note, at, act) => decide(db, id, { kind: "acknowledged", at, note }, act),

    dismiss: (id, note, at, act) => decide(db, id, { kind: "dismissed", at, note }, act),

    reopen: (id, at, act) => decide(db, id, { kind: "reopened", at, note: null }, act),

    recordOurSide: (state) => db.transaction().execute((transaction) => recordOurSide(transaction, state)),

    recordHost: (state) => db.transaction().execute((transaction) => recordHostFindings(transaction, state)),

    tidy: (before) => db.transaction().execute((transaction) => forgetFixed(transaction, before)),

    recordLog: (signs, times) => db.transaction().execute((transaction) => recordLogFindings(transaction, signs, times)),
  };
}

function keptFindings(db: Kysely<Tables>) {
  return db
    .selectFrom("finding")
    .selectAll("finding")
    .select([SUBJECTS.as("subjects"), CAUSE.as("cause")]);
}

/** By its id, or by one that it had before. */
async function findingOfId(db: Kysely<Tables>, id: string): Promise<StoredFinding | null> {
  const row =
    (await keptFindings(db).where("id", "=", id).executeTakeFirst()) ??
    (await keptFindings(db)
      .where("id", "in", (alias) => alias.selectFrom("finding_alias").select("finding_id").where("finding_alias.id", "=", id))
      .executeTakeFirst());
  return row === undefined ? null : findingOf(row);
}

async function findingsOfProbe(db: Kysely<Tables>, probeId: string): Promise<StoredFinding[]> {
  const rows = await keptFindings(db)
    .innerJoin("probe_finding", "probe_finding.finding_id", "finding.id")
    .where("probe_finding.probe_id", "=", probeId)
    .orderBy("severity_rank", "desc")
    .orderBy("finding.id")
    .execute();
  return rows.map(findingOf);
}

async function unfixedAbout(db: Kysely<Tables>, addresses: readonly string[]): Promise<AskedFinding[]> {
  const rows = await db
    .selectFrom("finding_subject")
    .innerJoin("finding", "finding.id", "finding_subject.finding_id")
    .leftJoin("probe", "probe.id", "finding.probe_id")
    .select(["finding.id", "finding.probe_id", "finding_subject.address", "finding_subject.vantage", "finding_subject.finding"])
    .select("probe.request")
    .where("finding_subject.fixed_at", "is", null)
    .where((row) => row.or([row("finding_subject.address", "is", null), sql<boolean>`finding_subject.address in ${listOf(addresses)}`]))
    .orderBy("finding.severity_rank", "desc")
    .orderBy("finding.id")
    .orderBy("finding_subject.position")
    .execute();
  return rows.map(({ id, probe_id, address, vantage, finding, request }) => ({
    id,
    address,
    vantage,
    finding: JSON.parse(finding) as Finding,
    probeId: probe_id,
    request: request === null ? null : (JSON.parse(request) as ProbeRequest),
  }));
}

/** A person's. */
interface Decision {
  readonly kind: "acknowledged" | "dismissed" | "reopened";
  readonly at: string;
  readonly note: string | null;
}

/** @returns whether it changed the finding */
function decide(db: Kysely<Tables>, id: string, { kind, at, note }: Decision, act: Act | undefined): Promise<boolean> {
  return recorded(db, act, async (transaction) => {
    const known = await livedFinding(transaction, id);
    const observation: LifeObservation = kind === "reopened" ? { kind, at } : { kind };
    if (!(await recordObservation(transaction, known, observation, { at, probeId: null, note }))) return null;
    const { title } = await transaction.selectFrom("finding").select("title").where("id", "=", id).executeTakeFirstOrThrow();
    return { id, name: title, detail: note };
  });
}

/** Findings that somebody has to care about outlive their probe; information does not. */
function lasts({ severity }: Finding): boolean {
  return severityRank(severity) > 0;
}

interface OfProbe {
  readonly probeId: string;
  readonly vantage: string;
  /** When the probe ended. */
  readonly at: string;
  /** When alerts of what it opens and of what it closes may be sent; default at once. */
  readonly openedAt?: (code: FindingCode) => string;
  readonly fixedAt?: (code: FindingCode) => string;
}

/** Notes that a probe showed these, each about one address: a new one opens, a fixed one reopens, an acknowledged one stays so. */
export async function recordFindings(
  db: Transaction<Tables>,
  { probeId, vantage, at, openedAt }: OfProbe,
  findings: readonly Finding[],
): Promise<void> {
  for (const group of Map.groupBy(findings.filter(lasts), findingIdentity).values()) {
    const sightings = group.map((finding) => ({ finding, at }));
    const kept = await recordSighting(db, {
      ...{ vantage, sightings, now: at, probeId },
      ...(openedAt === undefined ? {} : { alertAt: openedAt }),
    });
    if (kept === null) continue;
    await db
      .insertInto("probe_finding")
      .values({ probe_id: probeId, finding_id: kept.id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Closes what a probe proves gone, as its vantage sees it; a finding is fixed when all its subjects are. */
export async function fixFindings(
  db: Transaction<Tables>,
  { probeId, vantage, at, fixedAt }: OfProbe,
  gone: readonly GoneSubject[],
): Promise<void> {
  for (const [id, group] of Map.groupBy(gone, (one) => one.id)) {
    const subjects = group.map(({ address }) => ({ address, vantage }));
    const known = await livedFinding(db, id);
    await recordObservation(db, known, { kind: "gone", at, by: probeId, subjects }, { at, probeId, note: null }, fixedAt);
  }
}

/** Forgets the findings that only this probe showed; the others remember the last probe that is left. */
export async function forgetFindingsOf(db: Transaction<Tables>, probeId: string): Promise<void> {
  await db.deleteFrom("probe_finding").where("probe_id", "=", probeId).execute();
  await forgetUnseen(db, (unseen) => unseen.where("probe_id", "=", probeId));
  await db
    .updateTable("finding")
    .set((row) => ({
      probe_id: row
        .selectFrom("probe_finding")
        .select((pair) => pair.fn.max("probe_finding.probe_id").as("probe_id"))
        .whereRef("probe_finding.finding_id", "=", "finding.id"),
    }))
    .where("probe_id", "=", probeId)
    .execute();
}

export function findingOf(row: FindingRow): StoredFinding {
  const concluded = JSON.parse(row.finding) as Finding;
  const { host, port } = concluded.subject;
  const subjects = (JSON.parse(row.subjects) as Omit<FindingSubject, "host" | "port">[]).map((one) => ({ host, ...one, port }));
  return {
    id: row.id,
    state: row.state,
    subject: concluded.subject,
    subjects,
    finding: { ...concluded, since: row.since_at, firstSeen: row.first_seen_at },
    firstSeenAt: row.first_seen_at,
    sinceAt: row.since_at,
    lastSeenAt: row.last_seen_at,
    probeId: row.probe_id,
    fixedAt: row.fixed_at,
    fixedBy: row.fixed_by,
    note: row.note,
    explainedBy: row.cause === null ? null : (JSON.parse(row.cause) as FindingReference),
  };
}

async function forgetFixed(db: Transaction<Tables>, before: string): Promise<void> {
  await forgetUnseen(db, (unseen) => unseen.where("state", "=", "fixed").where("fixed_at", "<", before));
}

type FindingDeletion = DeleteQueryBuilder<Tables, "finding", DeleteResult>;

/** Deletes those that no probe shows. */
async function forgetUnseen(db: Transaction<Tables>, which: (unseen: FindingDeletion) => FindingDeletion): Promise<void> {
  const unseen = db
    .deleteFrom("finding")
    .where((row) =>
      row.not(row.exists(row.selectFrom("probe_finding").select("probe_id").whereRef("probe_finding.finding_id", "=", "finding.id"))),
    );
  const ids = (await which(unseen).returning("id").execute()).map(({ id }) => id);
  // Signs that one of them explained stand for themselves again.
  if (ids.length > 0) await db.updateTable("finding").set({ absorbed_by: null }).where("absorbed_by", "in", ids).execute();
}
