/**
 * The outbox: what a change of a finding means for each channel, written in the transaction of that change. A channel hears of a
 * finding once while it is open, and of its fix only where it was to hear of the finding. A row whose first attempt is still ahead
 * and held back (damping, quiet hours, a common cause) is dropped when the opposite happens.
 */
import type { AlertFinding, Finding } from "@mxray/contracts";
import type { Selectable, Transaction } from "kysely";
import { newId } from "../../schema/new-id.ts";
import type { AlertTable, ChannelTable, Tables } from "../../schema/tables.ts";
import { quietHoursEnd } from "./quiet-hours.ts";

/** Changes of one cause come within this time: a fault on our side is concluded from the probes that show it. */
const GROUP_WAIT_MS = 3000;
/** Until a second observation confirms it. */
export const UNTIL_CONFIRMED = "9999-12-31T00:00:00.000Z";

export interface FindingNews {
  readonly findingId: string;
  /** Of finding_change. */
  readonly changeId: number;
  readonly finding: Finding;
  readonly at: string;
  /** Earliest time of the first attempt. */
  readonly dueAt: string;
}

/** @param again it is reported although it was reported before, since it became worse */
export async function queueOpened(db: Transaction<Tables>, news: FindingNews, again: boolean): Promise<void> {
  for (const channel of await channelsOf(db)) {
    const last = await lastAlert(db, news.findingId, channel.id);
    if (last?.event === "fixed" && isHeld(last, news.at)) await drop(db, last, news.at, "It opened again before this was sent.");
    else if (hears(channel, news.finding) && (last?.event !== "opened" || last.state === "failed" || (again && !isHeld(last, news.at)))) {
      await insert(db, channel, news, "opened");
    }
  }
}

export async function queueFixed(db: Transaction<Tables>, news: FindingNews): Promise<void> {
  await dropReminders(db, news.findingId, news.at);
  for (const channel of await channelsOf(db)) {
    const last = await lastAlert(db, news.findingId, channel.id);
    if (last?.event !== "opened" || last.state === "failed") continue;
    if (isHeld(last, news.at)) await drop(db, last, news.at, "It was fixed before this was sent.");
    else await insert(db, channel, news, "fixed");
  }
}

/** Nothing more is sent about a dismissed finding; what is being sent arrives. */
export async function dropDismissed(db: Transaction<Tables>, findingId: string, at: string): Promise<void> {
  await db
    .updateTable("alert")
    .set({ state: "dropped", ended_at: at, answer: "The finding was dismissed before this was sent." })
    .where("finding_id", "=", findingId)
    .where("state", "=", "waiting")
    .where("event", "in", ["opened", "reminder"])
    .where("attempts", "=", 0)
    .execute();
}

/** Reminders stop while somebody deals with it. */
export async function dropReminders(db: Transaction<Tables>, findingId: string, at: string): Promise<void> {
  await db
    .updateTable("alert")
    .set({ state: "dropped", ended_at: at, answer: "It no longer applied." })
    .where("finding_id", "=", findingId)
    .where("state", "=", "waiting")
    .where("event", "=", "reminder")
    .where("attempts", "=", 0)
    .execute();
}

/** Seen again: what waited for that, and for no common cause, is sent. */
export async function confirmOpened(db: Transaction<Tables>, findingId: string, at: string): Promise<void> {
  const held = await db
    .selectFrom("alert")
    .innerJoin("channel", "channel.id", "alert.channel_id")
    .select(["alert.number", "channel.quiet"])
    .where("alert.finding_id", "=", findingId)
    .where("alert.state", "=", "waiting")
    .where("alert.event", "=", "opened")
    .where("alert.attempts", "=", 0)
    .where("alert.answer", "is", null)
    .where("alert.due_at", ">", at)
    .execute();
  for (const { number, quiet } of held) {
    await db
      .updateTable("alert")
      .set({ due_at: afterQuietHours({ quiet }, at) })
      .where("number", "=", number)
      .execute();
  }
}

/** @param at RFC 3339 @returns the same, or the end of the channel's quiet hours */
export function afterQuietHours({ quiet }: Pick<Selectable<ChannelTable>, "quiet">, at: string): string {
  if (quiet === null || at === UNTIL_CONFIRMED) return at;
  return new Date(quietHoursEnd(JSON.parse(quiet), Date.parse(at))).toISOString();
}

type Last = Pick<Selectable<AlertTable>, "number" | "event" | "state" | "attempts" | "due_at">;

async function channelsOf(db: Transaction<Tables>): Promise<Selectable<ChannelTable>[]> {
  return await db.selectFrom("channel").selectAll().where("kind", "!=", "heartbeat").execute();
}

function hears({ paused, severities }: Selectable<ChannelTable>, { severity }: Finding): boolean {
  return paused === 0 && (JSON.parse(severities) as string[]).includes(severity);
}

async function lastAlert(db: Transaction<Tables>, findingId: string, channelId: string): Promise<Last | undefined> {
  return await db
    .selectFrom("alert")
    .select(["number", "event", "state", "attempts", "due_at"])
    .where("finding_id", "=", findingId)
    .where("channel_id", "=", channelId)
    .where("event", "in", ["opened", "fixed"])
    .where("state", "!=", "dropped")
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
}

function isHeld({ state, attempts, due_at }: Last, at: string): boolean {
  return state === "waiting" && attempts === 0 && due_at > at;
}

async function drop(db: Transaction<Tables>, { number }: Last, at: string, answer: string): Promise<void> {
  await db.updateTable("alert").set({ state: "dropped", ended_at: at, answer }).where("number", "=", number).execute();
}

async function insert(db: Transaction<Tables>, channel: Selectable<ChannelTable>, news: FindingNews, event: "opened" | "fixed") {
  const { findingId, changeId, finding, at, dueAt } = news;
  const firstAt = new Date(Math.max(Date.parse(dueAt), Date.parse(at) + GROUP_WAIT_MS)).toISOString();
  await db
    .insertInto("alert")
    .values({
      id: newId(),
      channel_id: channel.id,
      change_id: changeId,
      finding_id: findingId,
      event,
      ordinal: 0,
      finding: JSON.stringify(alertFinding(finding)),
      ...unsent(at, afterQuietHours(channel, firstAt)),
    })
    .execute();
}

/** The columns of delivery, before the first attempt. */
export function unsent(createdAt: string, dueAt: string) {
  const never = { leased_until: null, tried_at: null, answer: null, ended_at: null };
  return { state: "waiting" as const, created_at: createdAt, due_at: dueAt, attempts: 0, ...never };
}

export function alertFinding(finding: Finding): AlertFinding {
  const { code, severity, confidence, subject, subjects, title, summary, since, absorbs } = finding;
  return { code, severity, confidence, subject, subjects, title, summary, since, absorbs };
}
