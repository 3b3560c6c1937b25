/** What becomes of alerts before they are claimed: a common cause holds them back, and reminders come due. */
import { type AlertFinding, EXPLAINED_BY_OUR_SIDE, type Finding, type FindingCode, type Subject } from "@mxray/contracts";
import { type Selectable, sql, type Transaction } from "kysely";
import type { SilencedHosts } from "../../interfaces/alert-store.ts";
import { newId } from "../../schema/new-id.ts";
import type { AlertTable, ChannelTable, Tables } from "../../schema/tables.ts";
import { afterQuietHours, alertFinding } from "./alert-outbox.ts";

const HOLD_MS = 60_000;
const MOST = 1000;

/** One message for one cause: alerts of findings that another one explains wait until it no longer does. */
export async function holdExplained(db: Transaction<Tables>, now: string): Promise<void> {
  const due = await db
    .selectFrom("alert")
    .innerJoin("finding", "finding.id", "alert.finding_id")
    .select(["alert.number", "finding.id", "finding.code", "finding.absorbed_by"])
    .where("alert.state", "=", "waiting")
    .where("alert.event", "=", "opened")
    .where("alert.attempts", "=", 0)
    .where("alert.due_at", "<=", now)
    .orderBy("alert.number")
    .limit(MOST)
    .execute();
  if (due.length === 0) return;
  const explained = await explainedBySide(db);
  const isExplained = async (id: string, code: FindingCode) => {
    if (!explained.some((one) => one.codes.includes(code))) return false;
    const places = await db
      .selectFrom("finding_subject")
      .select("vantage")
      .where("finding_id", "=", id)
      .where("fixed_at", "is", null)
      .execute();
    return places.every(({ vantage }) => explained.some((one) => one.vantage === vantage && one.codes.includes(code)));
  };
  const until = new Date(Date.parse(now) + HOLD_MS).toISOString();
  for (const { number, id, code, absorbed_by } of due) {
    if (absorbed_by === null && !(await isExplained(id, code))) continue;
    const answer = "Held back while another finding explains it.";
    await db.updateTable("alert").set({ due_at: until, answer }).where("number", "=", number).execute();
  }
}

/** Alerts about hosts in maintenance wait until it ends; an alert that names another host as well is sent. */
export async function holdSilenced(db: Transaction<Tables>, now: string, silenced: readonly SilencedHosts[]): Promise<void> {
  if (silenced.length === 0) return;
  const due = await db
    .selectFrom("alert")
    .select(["number", "finding"])
    .where("state", "=", "waiting")
    .where("event", "in", ["opened", "reminder"])
    .where("attempts", "=", 0)
    .where("due_at", "<=", now)
    .orderBy("number")
    .limit(MOST)
    .execute();
  for (const { number, finding } of due) {
    const { subject, subjects = [subject] } = JSON.parse(finding ?? "{}") as AlertFinding;
    const ends = subjects.map((one) => silenced.filter((hosts) => isAmong(hosts, one)).map(({ until }) => until));
    if (ends.length === 0 || ends.some((each) => each.length === 0)) continue;
    const until = ends.flat().toSorted().at(-1) ?? now;
    await db
      .updateTable("alert")
      .set({ due_at: until, answer: `Held back: in maintenance until ${until}.` })
      .where("number", "=", number)
      .execute();
  }
}

function isAmong({ names, addresses }: SilencedHosts, { host, address }: Pick<Subject, "host" | "address">): boolean {
  return (host !== null && names.includes(host.toLowerCase())) || (address !== null && addresses.includes(address));
}

async function explainedBySide(db: Transaction<Tables>) {
  const causes = await db
    .selectFrom("finding")
    .innerJoin("finding_subject", "finding_subject.finding_id", "finding.id")
    .select(["finding.code", "finding_subject.vantage"])
    .where("finding.code", "in", Object.keys(EXPLAINED_BY_OUR_SIDE) as FindingCode[])
    .where("finding.state", "!=", "fixed")
    .where("finding_subject.fixed_at", "is", null)
    .execute();
  return causes.map(({ code, vantage }) => ({ vantage, codes: EXPLAINED_BY_OUR_SIDE[code] ?? [] }));
}

/** After the clock was set back, what is tried again waits no longer than a retry does. */
export async function rescheduleRetries(db: Transaction<Tables>, now: string, latest: string): Promise<void> {
  await db
    .updateTable("alert")
    .set({ due_at: now })
    .where("state", "=", "waiting")
    .where("attempts", ">", 0)
    .where("due_at", ">", latest)
    .execute();
}

/** For findings that are open and that nobody has acknowledged. */
export async function writeReminders(db: Transaction<Tables>, now: string): Promise<void> {
  const channels = await db.selectFrom("channel").selectAll().where("remind_hours", "is not", null).where("paused", "=", 0).execute();
  for (const channel of channels) {
    const before = new Date(Date.parse(now) - (channel.remind_hours ?? 0) * 3_600_000).toISOString();
    const { rows } = await sql<Selectable<AlertTable> & { current: string }>`
      select alert.*, finding.finding as current from alert
        join finding on finding.id = alert.finding_id and finding.state = 'open' and finding.absorbed_by is null
      where alert.channel_id = ${channel.id} and alert.event in ('opened', 'reminder') and alert.state = 'delivered'
        and alert.ended_at <= ${before} and not exists (select 1 from alert as later where later.channel_id = alert.channel_id
          and later.finding_id = alert.finding_id and later.number > alert.number and later.state <> 'dropped')
      limit ${MOST}`.execute(db);
    for (const row of rows) await remind(db, channel, row, now);
  }
}

async function remind(
  db: Transaction<Tables>,
  channel: Selectable<ChannelTable>,
  { current, number: _number, ...row }: Selectable<AlertTable> & { readonly current: string },
  now: string,
): Promise<void> {
  const last = await db
    .selectFrom("alert")
    .select(({ fn }) => fn.max("ordinal").as("ordinal"))
    .where("change_id", "=", row.change_id)
    .where("channel_id", "=", channel.id)
    .executeTakeFirstOrThrow();
  await db
    .insertInto("alert")
    .values({
      ...row,
      id: newId(),
      event: "reminder",
      ordinal: Number(last.ordinal) + 1,
      finding: JSON.stringify(alertFinding(JSON.parse(current) as Finding)),
      ...{
        state: "waiting",
        created_at: now,
        due_at: afterQuietHours(channel, now),
        attempts: 0,
        tried_at: null,
        answer: null,
        ended_at: null,
      },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
