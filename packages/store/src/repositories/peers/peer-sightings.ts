/**
 * Who is known, and from where: the names and addresses in logs, in each target's newest probe, and in findings. One address
 * belongs to one peer; where it has several names, a mail host's own comes before what a client is called.
 */
import { type Kysely, sql } from "kysely";
import type { Tables } from "../../schema/tables.ts";
import { elementOf, elementsOf, memberOf } from "../../sql/dialect.ts";
import { emptyTemporaryTable, keepTemporaryTable } from "../../sql/temporary-table.ts";

/**
 * Brings the table `probed` up to date: what each target's newest probe met. An observation is long and never changes, so each
 * is read once by each connection.
 */
export async function noteProbed(db: Kysely<Tables>): Promise<void> {
  const columns = "probe_id text not null, target text not null, at text, name text, address text, mtu integer, verdict text";
  await keepTemporaryTable(db, "probed", columns);
  await emptyTemporaryTable(db, "newest_probe", "id text primary key");
  await sql`insert into newest_probe select max(id) from probe where status = 'done' group by target`.execute(db);
  await sql`delete from probed where probe_id not in (select id from newest_probe)`.execute(db);
  // A probe that met nobody stands there without an address.
  await sql`
    insert into probed
    select probe.id, probe.target, probe.finished_at, lower(${elementOf("seen.observation", "host", "name")}),
      ${elementOf("seen.observation", "host", "address")}, ${elementOf("seen.observation", "host", "path.outbound.mtu", "bigint")},
      ${elementOf("seen.observation", "host", "path.outbound.verdict")}
    from newest_probe join probe on probe.id = newest_probe.id
      left join probe as seen on seen.id = coalesce(probe.same_as, probe.id)
      left join ${elementsOf("seen.observation", "hosts", "host")} on probe.practice = 0
    where newest_probe.id not in (select probe_id from probed)`.execute(db);
}

/**
 * Parts of a statement, to stand behind `with`: `found`, `logged` and, of both and of `probed`, `sighted`; `owner` names an address.
 *
 * @param local also peers of logs that are reached without a network
 */
export function sightings(local: boolean) {
  return sql`
    found as materialized (
      select distinct id, code, state, severity_rank, absorbed_by, ${memberOf("subject_key", 0)} as name, finding_subject.address
      from finding join finding_subject on finding_subject.finding_id = finding.id
      where subject_key not like '[null,null,%' and (code not like 'log-%' or absorbed_by is null)
    ),
    logged as materialized (
      select id, lower(name) as name, address, direction from log_peer
      where (name is not null or address is not null) and ${local ? sql`true` : sql`reach = 'network'`}
    ),
    sighted as materialized (
      select name, address, case direction when 'outbound' then 1 else 0 end as standing from logged
      union all select name, address, 2 from probed where address is not null
      union all select name, address, 2 from found
    ),
    owner as materialized (
      select address, substr(max(standing || name), 2) as owner from sighted where address is not null and name is not null group by address
    )`;
}

/** By what the peer of a row is called, where `owner` was joined to it by address. */
export const PEER = sql<string>`coalesce(owner, name, address)`;
