/**
 * Migration: findings of several addresses of one host become one finding with its subjects. The oldest keeps its id, and the
 * ids of the others lead to it. It is as old as the oldest, and acknowledged only where all that stand were.
 */
import { canonicalAddress, type Finding, identityOfSubject, joinFindings, type Subject } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Of a row of `finding`: when it was opened or, after a fix, opened again. An acknowledgement that is taken back begins nothing. */
const OPENED_AT = sql<string>`coalesce((
  select at from finding_change as begun
  where begun.finding_id = finding.id and begun.change in ('opened', 'reopened') and begun.id > coalesce((
    select max(mended.id) from finding_change as mended
    where mended.finding_id = finding.id and mended.change = 'fixed' and mended.id < (
      select max(last.id) from finding_change as last
      where last.finding_id = finding.id and last.change in ('opened', 'reopened'))), 0)
  order by begun.id limit 1), finding.first_seen_at)`;

interface OldFinding {
  id: string;
  code: string;
  subject_key: string;
  severity_rank: number;
  state: string;
  finding: string;
  first_seen_at: string;
  last_seen_at: string;
  probe_id: string | null;
  fixed_at: string | null;
  fixed_by: string | null;
  note: string | null;
  absorbed_by: string | null;
  since_at: string;
  last_fixed_at: string | null;
  vantage: string;
}

export const findingSubjects: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("finding_subject")
      .addColumn("finding_id", "text", (column) => column.notNull().references("finding.id").onDelete("cascade"))
      .addColumn("place", "text", (column) => column.notNull())
      .addColumn("address", "text")
      .addColumn("vantage", "text", (column) => column.notNull())
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("last_seen_at", "text", (column) => column.notNull())
      .addColumn("fixed_at", "text")
      .addColumn("finding", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("finding_subject_identity", ["finding_id", "place"])
      .execute();
    await db.schema.createIndex("finding_subject_address").on("finding_subject").column("address").execute();
    await db.schema
      .createTable("finding_alias")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("finding_id", "text", (column) => column.notNull().references("finding.id").onDelete("cascade"))
      .execute();
    for (const column of ["since_at", "addresses"]) {
      await db.schema
        .alterTable("finding")
        .addColumn(column, "text", (added) => added.notNull().defaultTo(""))
        .execute();
    }
    await db.schema.alterTable("finding").addColumn("last_fixed_at", "text").execute();
    await mergeFindings(db);
    await db.schema.dropIndex("finding_search").execute();
    // All that a list of findings filters and sorts by: a finding itself is long, and lies between these columns.
    const columns = "state absorbed_by severity_rank last_seen_at id code subject_key title note addresses since_at".split(" ");
    await db.schema.createIndex("finding_search").on("finding").columns(columns).execute();
  },
};

async function mergeFindings(db: Kysely<unknown>): Promise<void> {
  await sql`update finding set since_at = ${OPENED_AT}, last_fixed_at = coalesce(fixed_at, (
    select max(at) from finding_change where finding_id = finding.id and change = 'fixed'))`.execute(db);
  const { rows } = await sql<OldFinding>`select finding.*, coalesce(probe.vantage, 'local') as vantage
    from finding left join probe on probe.id = finding.probe_id order by finding.id`.execute(db);
  const signs = Map.groupBy(rows, ({ absorbed_by }) => absorbed_by);
  const groups = Map.groupBy(rows, (one) => JSON.stringify([one.code, ...identityOfSubject(subjectOf(one))]));
  for (const [kept, ...others] of groups.values()) {
    for (const other of others) await moveTo(db, other.id, kept?.id ?? "");
  }
  for (const group of groups.values()) {
    await writeJoined(db, group[0]?.id ?? "", group, (one) => sinceOf(one, signs.get(one.id) ?? []));
  }
}

/** A cause is as old as the signs that it explains, after its last fix. */
function sinceOf({ since_at, last_fixed_at, state }: OldFinding, signs: readonly OldFinding[]): string {
  if (state === "fixed") return since_at;
  return [since_at, ...signs.map((sign) => sign.since_at).filter((at) => at > (last_fixed_at ?? ""))].toSorted()[0] ?? since_at;
}

async function moveTo(db: Kysely<unknown>, from: string, to: string): Promise<void> {
  await sql`update finding_change set finding_id = ${to} where finding_id = ${from}`.execute(db);
  await sql`insert or ignore into probe_finding (probe_id, finding_id) select probe_id, ${to} from probe_finding where finding_id = ${from}`.execute(
    db,
  );
  // References are checked after the upgrade, and nothing cascades during it.
  await sql`delete from probe_finding where finding_id = ${from}`.execute(db);
  await sql`update finding set absorbed_by = ${to} where absorbed_by = ${from}`.execute(db);
  await sql`insert into finding_alias (id, finding_id) values (${from}, ${to})`.execute(db);
  await sql`delete from finding where id = ${from}`.execute(db);
}

async function writeJoined(
  db: Kysely<unknown>,
  id: string,
  group: readonly OldFinding[],
  since: (one: OldFinding) => string,
): Promise<void> {
  const unfixed = group.filter(({ state }) => state !== "fixed");
  const standing = unfixed.length === 0 ? group : unfixed;
  const joined = joinFindings(standing.map(asFinding))[0];
  if (joined === undefined) return;
  const latest = group.reduce((one, other) => (other.last_seen_at > one.last_seen_at ? other : one));
  const fixed = unfixed.length > 0 ? null : group.reduce((one, other) => ((other.fixed_at ?? "") > (one.fixed_at ?? "") ? other : one));
  const state = fixed !== null ? "fixed" : unfixed.every((one) => one.state === "acknowledged") ? "acknowledged" : "open";
  await sql`update finding set
      subject_key = ${JSON.stringify(identityOfSubject(joined.subject))}, state = ${state},
      finding = ${JSON.stringify(joined)}, title = ${joined.title ?? ""}, severity_rank = ${Math.max(...standing.map(({ severity_rank }) => severity_rank))},
      address = ${joined.subject.address}, addresses = ${joined.subjects.flatMap(({ address }) => address ?? []).join(" ")},
      first_seen_at = ${least(group.map((one) => one.first_seen_at))}, since_at = ${least(standing.map(since))},
      last_seen_at = ${latest.last_seen_at}, probe_id = ${latest.probe_id ?? group.find((one) => one.probe_id !== null)?.probe_id ?? null},
      fixed_at = ${fixed?.fixed_at ?? null}, fixed_by = ${fixed?.fixed_by ?? null},
      last_fixed_at = ${fixed?.fixed_at ?? most(standing.map((one) => one.last_fixed_at ?? ""))},
      note = ${standing.find(({ note }) => note !== null)?.note ?? null},
      absorbed_by = ${standing.every((one) => one.absorbed_by !== null) ? sql.ref("absorbed_by") : null}
    where id = ${id}`.execute(db);
  for (const [position, one] of group.entries()) {
    const { address } = subjectOf(one);
    const canonical = address === null ? null : (canonicalAddress(address)?.text ?? address);
    await sql`insert or ignore into finding_subject (finding_id, place, address, vantage, position, last_seen_at, fixed_at, finding)
      values (${id}, ${JSON.stringify([canonical, one.vantage])}, ${canonical}, ${one.vantage}, ${position}, ${one.last_seen_at},
        ${one.state === "fixed" ? one.fixed_at : null}, ${JSON.stringify(asFinding(one))})`.execute(db);
  }
}

function asFinding(old: OldFinding): Finding {
  const subject = subjectOf(old);
  return { ...(JSON.parse(old.finding) as Finding), subject, since: old.since_at, firstSeen: old.first_seen_at, subjects: [subject] };
}

/** The key was host, address and port. */
function subjectOf({ subject_key }: OldFinding): Subject {
  const [host, address, port] = JSON.parse(subject_key) as [string | null, string | null, number | null];
  return { host, address, port };
}

function most(times: readonly string[]): string | null {
  return times.toSorted().at(-1) || null;
}

function least(times: readonly string[]): string {
  return times.toSorted()[0] ?? "";
}
