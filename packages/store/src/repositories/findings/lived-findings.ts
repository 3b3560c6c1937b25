/**
 * Findings with their lives, as rows: one of `finding`, and one of `finding_subject` for each address and vantage, which keeps
 * what was concluded there last. The finding that a reader sees joins those of its subjects that are not fixed.
 */
import {
  CONFIDENCES,
  canonicalAddress,
  FINDING_CODES,
  type Finding,
  type FindingChange,
  type FindingChangeKind,
  type FindingCode,
  joinFindings,
  severityRank,
} from "@mxray/contracts";
import type { Selectable, Transaction } from "kysely";
import { newId } from "../../schema/new-id.ts";
import type { FindingSubjectTable, FindingTable, Tables } from "../../schema/tables.ts";
import { confirmOpened, dropDismissed, dropReminders, queueFixed, queueOpened } from "../alerts/alert-outbox.ts";
import { recordChange } from "./finding-changes.ts";
import { identityColumns } from "./finding-identity.ts";
import { type FindingLife, type LifeObservation, liveOn, type SubjectPlace, type Weight } from "./finding-life.ts";

export interface LivedFinding {
  readonly row: Selectable<FindingTable>;
  readonly subjects: readonly Selectable<FindingSubjectTable>[];
  readonly life: FindingLife;
}

/** What an observation saw at one address. */
interface Sighting {
  /** About that address alone. */
  readonly finding: Finding;
  /** Its latest evidence. */
  readonly at: string;
}

export interface Sighted {
  readonly vantage: string;
  /** Of one identity. */
  readonly sightings: readonly Sighting[];
  readonly now: string;
  /** Null where logs show it. */
  readonly probeId: string | null;
  /** When an alert that it opened may be sent; default now. */
  readonly alertAt?: (code: FindingCode) => string;
}

export async function livedFinding(db: Transaction<Tables>, id: string): Promise<LivedFinding | null> {
  const row = await db.selectFrom("finding").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : await lived(db, row);
}

async function livedIdentity(db: Transaction<Tables>, { code, subject_key }: ReturnType<typeof identityColumns>) {
  const row = await db.selectFrom("finding").selectAll().where("code", "=", code).where("subject_key", "=", subject_key).executeTakeFirst();
  return row === undefined ? null : await lived(db, row);
}

async function lived(db: Transaction<Tables>, row: Selectable<FindingTable>): Promise<LivedFinding> {
  const subjects = await db.selectFrom("finding_subject").selectAll().where("finding_id", "=", row.id).orderBy("position").execute();
  const life: FindingLife = {
    state: row.state,
    firstSeenAt: row.first_seen_at,
    sinceAt: row.since_at,
    lastSeenAt: row.last_seen_at,
    fixedAt: row.fixed_at,
    fixedBy: row.fixed_by,
    lastFixedAt: row.last_fixed_at,
    weight: weightOf(JSON.parse(row.finding) as Finding),
    subjects: subjects.map(({ address, vantage, last_seen_at, fixed_at }) => ({
      address,
      vantage,
      lastSeenAt: last_seen_at,
      fixedAt: fixed_at,
    })),
  };
  return { row, subjects, life };
}

/** Notes that a probe or a log showed a finding. @returns its id, and whether a reader sees a change; null where nothing is new */
export async function recordSighting(db: Transaction<Tables>, sighted: Sighted): Promise<{ id: string; changed: boolean } | null> {
  const { sightings, vantage, now, probeId } = sighted;
  const [first] = sightings;
  if (first === undefined) return null;
  const identity = identityColumns(first.finding);
  const known = await livedIdentity(db, identity);
  const seen = sightings.map(({ finding, at }) => ({ ...placeOf(finding, vantage), at, since: finding.since }));
  const shown = joinedOf(known, sightings, vantage);
  const next = liveOn(known?.life ?? null, {
    kind: "seen",
    source: probeId === null ? "log" : "probe",
    now,
    weight: weightOf(shown),
    subjects: seen,
  });
  if (next === null) return null;
  const id = known?.row.id ?? newId();
  const columns = {
    ...lifeColumns(next.life),
    ...findingColumns(shown),
    last_seen_at: next.life.lastSeenAt,
    ...(probeId === null ? {} : { probe_id: probeId }),
  };
  if (known === null) {
    const rest = { note: null, absorbed_by: null, probe_id: probeId };
    await db
      .insertInto("finding")
      .values({ id, ...identity, ...rest, ...columns })
      .execute();
  } else {
    await db.updateTable("finding").set(columns).where("id", "=", id).execute();
  }
  await keepSubjects(db, id, next.life, new Map(sightings.map(({ finding }) => [keyOf(placeOf(finding, vantage)), finding])));
  if (next.change === null) await confirmOpened(db, id, now);
  else {
    const change = { at: changeTime(next.life, next.change), change: next.change, probeId, note: null };
    const changeId = await recordChange(db, id, change);
    const dueAt = sighted.alertAt?.(shown.code) ?? now;
    await queueOpened(db, { findingId: id, changeId, finding: shown, at: now, dueAt }, known?.life.state === "dismissed");
  }
  return { id, changed: next.change !== null || columns.finding !== known?.row.finding };
}

/** Anything else that happens to a finding. @returns whether it applied */
export async function recordObservation(
  db: Transaction<Tables>,
  known: LivedFinding | null,
  observation: Exclude<LifeObservation, { kind: "seen" }>,
  change: Omit<FindingChange, "change">,
  alertAt?: (code: FindingCode) => string,
): Promise<boolean> {
  const next = known === null ? null : liveOn(known.life, observation);
  if (known === null || next === null) return false;
  const { id } = known.row;
  const note = observation.kind === "acknowledged" || observation.kind === "dismissed" ? { note: change.note } : {};
  const left = joinFindings(standing(known, next.life))[0];
  const columns = left === undefined ? {} : findingColumns(left);
  await db
    .updateTable("finding")
    .set({ ...lifeColumns(next.life), ...columns, ...note })
    .where("id", "=", id)
    .execute();
  await keepSubjects(db, id, next.life, new Map());
  if (next.change !== null) {
    const changeId = await recordChange(db, id, { ...change, change: next.change });
    await queueChange(db, known, next.change, { changeId, at: change.at, ...(alertAt === undefined ? {} : { alertAt }) });
  }
  return true;
}

async function queueChange(
  db: Transaction<Tables>,
  { row }: LivedFinding,
  change: FindingChangeKind,
  { changeId, at, alertAt }: { readonly changeId: number; readonly at: string; readonly alertAt?: (code: FindingCode) => string },
): Promise<void> {
  const finding = JSON.parse(row.finding) as Finding;
  const news = { findingId: row.id, changeId, finding, at, dueAt: alertAt?.(finding.code) ?? at };
  switch (change) {
    case "opened":
    case "reopened":
      return await queueOpened(db, news, false);
    case "fixed":
    case "withdrawn":
      // Also after it was dismissed: a channel that heard of it keeps an incident open until then.
      return await queueFixed(db, news);
    case "dismissed":
      return await dropDismissed(db, row.id, at);
    case "acknowledged":
      return await dropReminders(db, row.id, at);
  }
}

/**
 * Puts a log's signs beside what a probe concluded about one address. Only the signs are taken from `explained`: a probe may have
 * concluded something newer since that was read.
 */
export async function explainSubject(db: Transaction<Tables>, id: string, place: SubjectPlace, explained: Finding): Promise<void> {
  const subject = (await livedFinding(db, id))?.subjects.find((one) => keyOf(one) === keyOf(place));
  if (subject !== undefined) await rewriteSubject(db, id, place, withSignsOf(findingOfSubject(subject), explained));
}

/** What was concluded about one address reads differently now. */
export async function rewriteSubject(db: Transaction<Tables>, id: string, place: SubjectPlace, finding: Finding): Promise<void> {
  await db
    .updateTable("finding_subject")
    .set({ finding: JSON.stringify(finding) })
    .where("finding_id", "=", id)
    .where("address", "is not distinct from", place.address)
    .where("vantage", "=", place.vantage)
    .execute();
  const known = await livedFinding(db, id);
  const joined = known === null ? undefined : joinFindings(standing(known, known.life))[0];
  if (joined !== undefined) await db.updateTable("finding").set(findingColumns(joined)).where("id", "=", id).execute();
}

export function placeOf({ subject: { address } }: Pick<Finding, "subject">, vantage: string): SubjectPlace {
  return { address: address === null ? null : (canonicalAddress(address)?.text ?? address), vantage };
}

function withSignsOf(finding: Finding, explained: Finding): Finding {
  const isSign = (code: FindingCode) => code.startsWith("log-");
  const absorbs = new Set([...finding.absorbs.filter((code) => !isSign(code)), ...explained.absorbs.filter(isSign)]);
  const measured = finding.evidence.filter(({ source }) => source !== "log");
  const logged = explained.evidence.filter(({ source }) => source === "log");
  return { ...finding, absorbs: FINDING_CODES.filter((code) => absorbs.has(code)), evidence: [...measured, ...logged] };
}

function weightOf({ severity, confidence }: Finding): Weight {
  return { severity: severityRank(severity), confidence: -CONFIDENCES.indexOf(confidence) };
}

/** With what other subjects showed last. */
function joinedOf(known: LivedFinding | null, sightings: readonly Sighting[], vantage: string): Finding {
  const fresh = new Map(sightings.map(({ finding }) => [keyOf(placeOf(finding, vantage)), finding]));
  const others = (known?.subjects ?? []).filter((one) => one.fixed_at === null && !fresh.has(keyOf(one)));
  const [joined] = joinFindings(distinct([...fresh.values(), ...others.map(findingOfSubject)]));
  if (joined === undefined) throw new Error("A sighting has no finding.");
  return joined;
}

function standing({ subjects }: LivedFinding, life: FindingLife): Finding[] {
  const left = subjects.filter((one) => life.subjects.some((each) => keyOf(each) === keyOf(one) && each.fixedAt === null));
  return distinct((left.length === 0 ? subjects : left).map(findingOfSubject));
}

/** Several vantages may see one address: what the first of them says is shown. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.toReversed().map((finding) => [finding.subject.address, finding])).values()].toReversed();
}

function findingOfSubject({ finding }: Pick<Selectable<FindingSubjectTable>, "finding">): Finding {
  return JSON.parse(finding) as Finding;
}

function keyOf({ address, vantage }: SubjectPlace): string {
  return JSON.stringify([address, vantage]);
}

function changeTime({ sinceAt, lastSeenAt }: FindingLife, change: FindingChange["change"]): string {
  return change === "opened" ? sinceAt : lastSeenAt;
}

function findingColumns(finding: Finding) {
  return {
    finding: JSON.stringify(finding),
    title: finding.title,
    severity_rank: severityRank(finding.severity),
    address: finding.subject.address,
    addresses: finding.subjects.flatMap(({ address }) => address ?? []).join(" "),
  };
}

function lifeColumns({ state, firstSeenAt, sinceAt, lastSeenAt, fixedAt, fixedBy, lastFixedAt }: FindingLife) {
  return {
    state,
    first_seen_at: firstSeenAt,
    since_at: sinceAt,
    last_seen_at: lastSeenAt,
    fixed_at: fixedAt,
    fixed_by: fixedBy,
    last_fixed_at: lastFixedAt,
  };
}

async function keepSubjects(db: Transaction<Tables>, id: string, life: FindingLife, fresh: ReadonlyMap<string, Finding>): Promise<void> {
  for (const [position, { address, vantage, lastSeenAt, fixedAt }] of life.subjects.entries()) {
    const finding = fresh.get(keyOf({ address, vantage }));
    const columns = { last_seen_at: lastSeenAt, fixed_at: fixedAt, position };
    if (finding === undefined) {
      await db
        .updateTable("finding_subject")
        .set(columns)
        .where("finding_id", "=", id)
        .where("address", "is not distinct from", address)
        .where("vantage", "=", vantage)
        .execute();
      continue;
    }
    const seen = { ...columns, finding: JSON.stringify(finding) };
    await db
      .insertInto("finding_subject")
      .values({ finding_id: id, place: keyOf({ address, vantage }), address, vantage, ...seen })
      .onConflict((conflict) => conflict.columns(["finding_id", "place"]).doUpdateSet(seen))
      .execute();
  }
}
