/**
 * Rounds that changed nothing: they give up their observation for that of the round that they repeat, and keep what they measured
 * themselves. The first round, the newest, those that changed something, and those that something leads to keep theirs.
 */
import type { RoundMeasures } from "@mxray/contracts";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "../../schema/tables.ts";

/** Rounds among which the repeated one is looked for: those of a domain with many addresses search them in turn. */
const LOOKED_BACK = 12;

/** Of each mail host: path MTU outbound and inbound, milliseconds of the stages, connections, rungs. */
type MeasuresText = readonly [number | null, number | null, readonly number[], number, number][];

export function measuresText(hosts: readonly RoundMeasures[]): string {
  const short: MeasuresText = hosts.map(({ outboundMtu, inboundMtu, stagesMs, connections, rungs }) => [
    outboundMtu,
    inboundMtu,
    stagesMs.map((ms) => Number(ms.toPrecision(3))),
    connections,
    rungs,
  ]);
  return JSON.stringify(short);
}

export function measuresOf(text: string): RoundMeasures[] {
  return (JSON.parse(text) as MeasuresText).map(([outboundMtu, inboundMtu, stagesMs, connections, rungs]) => ({
    ...{ outboundMtu, inboundMtu, connections, rungs },
    stagesMs: [...stagesMs],
  }));
}

interface RoundRow {
  readonly id: string;
  readonly key: string | null;
  /** The round with the observation: this one, or the one that it repeats. Null where there is none. */
  readonly whole_id: string | null;
  /** Its status and verdict. */
  readonly said: string;
  readonly led: boolean | number;
}

/** A round has ended and is the newest now: the one before it may give up its observation. */
export async function shortenRoundBefore(db: Kysely<Tables>, watchId: string, newest: string): Promise<void> {
  const { rows } = await sql<RoundRow>`
    select id, round_key as key, case when observation is null then same_as else id end as whole_id,
      status || coalesce(verdict, '') as said, ${ledTo("round")} as led
    from probe as round where watch_id = ${watchId} and id < ${newest} and status not in ('queued', 'running')
    order by id desc limit ${LOOKED_BACK + 1}`.execute(db);
  const [last, ...earlier] = rows;
  if (last === undefined || last.key === null || last.whole_id !== last.id || last.led) return;
  const changed = earlier.findIndex(({ said }) => said !== last.said);
  const alike = changed === -1 ? earlier : earlier.slice(0, changed);
  const repeated = alike.find(({ key, whole_id }) => key === last.key && whole_id !== null)?.whole_id;
  if (repeated === undefined) return;
  await db.updateTable("probe").set({ observation: null, same_as: repeated }).where("id", "=", last.id).execute();
}

/** Whether the life of a finding, a share or another probe leads to the probe of the row. */
export function ledTo(row: string): RawBuilder<boolean> {
  const id = sql.ref(`${row}.id`);
  return sql`(exists (select 1 from finding where probe_id = ${id} or fixed_by = ${id})
    or exists (select 1 from finding_change where probe_id = ${id})
    or exists (select 1 from link where probe_id = ${id})
    or exists (select 1 from probe as next where next.previous_id = ${id}))`;
}
