/** Peers in a list: what is wrong with each, its path, its mail, and when it was seen. One statement, whatever is asked. */
import type { Finding, PeerCounts, PeerSort, PeerSummary } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { PeerPageQuery, PeerStore } from "../../interfaces/peer-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { greatestOf, holdsText, jsonArrayOf, jsonRowOf, listOf, paddedOf, textsOf, timeTextOf } from "../../sql/dialect.ts";
import { timeOf } from "../logs/counted-rows.ts";
import { countPeerMail } from "../logs/peer-mail.ts";
import { noteProbed, PEER, sightings } from "./peer-sightings.ts";

const SHOWN_ADDRESSES = 4;

interface PeerRow {
  readonly peer: string;
  readonly addresses: string;
  /** Two digits, unacknowledged and severity, before the finding's id. */
  readonly trouble: string | null;
  readonly troubles: number;
  /** JSON: at, probe id, MTU, verdict. */
  readonly path: string | null;
  readonly sent: number;
  readonly sentDeferred: number;
  readonly sentStalled: number;
  readonly taken: number;
  readonly takenDeferred: number;
  readonly takenStalled: number;
  /** Unix seconds. */
  readonly loggedAt: number | null;
  readonly probedAt: string | null;
  readonly key: string;
}

/** What sorts a peer, as one text that differs for each: also the cursor. */
const SORT_KEYS: Readonly<Record<PeerSort, ReturnType<typeof sql<string>>>> = {
  harm: sql<string>`coalesce(substr(trouble, 1, 2), '00') || ${paddedOf(sql`"sentStalled" + "takenStalled"`)} || ${paddedOf(sql`mail`)} || ' ' || peer`,
  mail: sql<string>`${paddedOf(sql`mail`)} || ' ' || peer`,
  seen: sql<string>`coalesce(${greatestOf(timeTextOf(sql`"loggedAt"`), sql`"probedAt"`)}, '') || ' ' || peer`,
  name: sql<string>`peer`,
};

export function peerList(db: Kysely<Tables>): Pick<PeerStore, "list"> {
  return {
    async list(query) {
      const { limit } = query;
      const { page, counts } = await db.connection().execute(async (connection) => {
        await noteProbed(connection);
        await countPeerMail(connection, query.now);
        return await pageOf(connection, query);
      });
      const rows = page.slice(0, limit);
      const findings = await findingsOf(
        db,
        rows.flatMap(({ trouble }) => trouble?.slice(2) ?? []),
      );
      return {
        peers: rows.map((row) => summaryOf(row, findings)),
        next: page.length > limit ? (rows.at(-1)?.key ?? null) : null,
        counts,
      };
    },
  };
}

/** A dozen: with each, the index leads to a peer's latest event, instead of through all of them. */
const EVENT_KINDS = sql`
    event_kind(kind) as (
      select min(kind) from log_event
      union all
      select (select min(kind) from log_event where log_event.kind > event_kind.kind) from event_kind where event_kind.kind is not null
    )`;

/** When an event of the peer in `logged` was logged last, in unix seconds; null without events, 0 if none has a time. */
const LATEST_EVENT = sql`
  select max((select max(at) from log_event where log_event.peer_id = logged.id and log_event.kind = event_kind.kind)) from event_kind`;

/** The rows of all peers that the text and the code leave. */
function matching({ text, code }: PeerPageQuery) {
  const wanted = [sql`true`];
  if (text !== undefined) wanted.push(holdsText(sql`peer || ' ' || coalesce(names, '') || ' ' || addresses`, text));
  if (code !== undefined) wanted.push(holdsText(sql`codes`, `"${code}"`));
  return sql`
    ${sightings(false)},
    ${EVENT_KINDS},
    part as (
      select ${PEER} as peer, name, address, null as state, null as code, null as rank, null as path, null as probed_at, direction,
        coalesce(delivered, 0) as delivered, coalesce(deferred, 0) as deferred, coalesce(stalled, 0) as stalled,
        last as counted_at, (${LATEST_EVENT}) as event_at, coalesce(is_bot, 0) as is_bot
      from logged left join owner using (address) left join peer_mail on peer_mail.peer_id = logged.id
      union all
      select ${PEER}, name, address, null, null, null, case when mtu is not null then ${jsonRowOf(sql`at, probe_id, mtu, verdict`)} end, at,
        null, 0, 0, 0, null, null, 0
      from probed left join owner using (address) where address is not null
      union all
      select ${PEER}, name, address, state, code, case when state = 'open' then '1' else '0' end || severity_rank || id, null, null, null, 0, 0, 0, null, null, 0
      from found left join owner using (address) where absorbed_by is null
    ),
    known as materialized (
      select peer, ${textsOf(sql`name`)} as names, ${jsonArrayOf(sql`distinct address`, sql`address is not null`)} as addresses,
        max(rank) filter (where state not in ('fixed', 'dismissed')) as trouble,
        count(distinct rank) filter (where state not in ('fixed', 'dismissed')) as troubles,
        ${jsonArrayOf(sql`code`, sql`state <> 'fixed'`)} as codes, max(path) as path, max(probed_at) as "probedAt",
        sum(case direction when 'outbound' then delivered else 0 end) as sent,
        sum(case direction when 'outbound' then deferred else 0 end) as "sentDeferred",
        sum(case direction when 'outbound' then stalled else 0 end) as "sentStalled",
        sum(case direction when 'inbound' then delivered else 0 end) as taken,
        sum(case direction when 'inbound' then deferred else 0 end) as "takenDeferred",
        sum(case direction when 'inbound' then stalled else 0 end) as "takenStalled",
        sum(delivered + deferred) as mail, nullif(${greatestOf(sql`max(counted_at)`, sql`max(event_at)`)}, 0) as "loggedAt",
        -- Known by nothing but lost sessions of a client.
        min(case when is_bot = 1 or coalesce(direction, '') = 'inbound' and delivered + deferred + stalled = 0 then 1 else 0 end) = 1
          and max(is_bot) = 1 as bot
      from part group by peer
    ),
    matching as materialized (select * from known where ${sql.join(wanted, sql` and `)})`;
}

/** The page, and one row more where there is more; where there is none, the counts stand alone. */
async function pageOf(db: Kysely<Tables>, query: PeerPageQuery): Promise<{ readonly page: PeerRow[]; readonly counts: PeerCounts }> {
  const { limit, trouble, sort = "harm", cursor } = query;
  const key = SORT_KEYS[sort];
  const wanted = [trouble === "bots" ? sql`bot` : sql`not bot`];
  if (trouble === "some") wanted.push(sql`trouble is not null`);
  if (trouble === "none") wanted.push(sql`trouble is null`);
  if (cursor !== undefined) wanted.push(sort === "name" ? sql`${key} > ${cursor}` : sql`${key} < ${cursor}`);
  const { rows } = await sql<PeerCounts & (PeerRow | { readonly peer: null })>`
    with recursive ${matching(query)},
    page as (
      select *, ${key} as key from matching where ${sql.join(wanted, sql` and `)}
      order by key ${sort === "name" ? sql`asc` : sql`desc`} limit ${limit + 1}
    )
    select * from (
      select count(trouble) as "some", count(*) filter (where trouble is null and not bot) as "none", count(*) filter (where bot) as bots from matching
    ) as counted left join page on true
    order by key ${sort === "name" ? sql`asc` : sql`desc`}`.execute(db);
  const { some = 0, none = 0, bots = 0 } = rows[0] ?? {};
  return { page: rows.filter((row) => row.peer !== null), counts: { some, none, bots } };
}

async function findingsOf(db: Kysely<Tables>, ids: readonly string[]): Promise<Map<string, PeerSummary["trouble"]>> {
  const rows = await db
    .selectFrom("finding")
    .select(["id", "state", "finding", "since_at as sinceAt"])
    .where(sql<boolean>`id in ${listOf(ids)}`)
    .execute();
  return new Map(
    rows.map(({ id, state, finding, sinceAt }) => {
      const { code, severity, confidence, title } = JSON.parse(finding) as Finding;
      return [id, { findingId: id, state, code, severity, confidence, title, sinceAt }];
    }),
  );
}

function summaryOf(row: PeerRow, findings: ReadonlyMap<string, PeerSummary["trouble"]>): PeerSummary {
  const addresses = JSON.parse(row.addresses) as string[];
  const path = row.path === null ? null : (JSON.parse(row.path) as [string, string, number, never]);
  return {
    peer: row.peer,
    addresses: addresses.slice(0, SHOWN_ADDRESSES),
    addressCount: addresses.length,
    trouble: (row.trouble !== null && findings.get(row.trouble.slice(2))) || null,
    troubleCount: row.troubles,
    path: path === null ? null : { at: path[0], probeId: path[1], mtu: path[2], verdict: path[3] },
    outbound: { delivered: row.sent, deferred: row.sentDeferred, stalled: row.sentStalled },
    inbound: { delivered: row.taken, deferred: row.takenDeferred, stalled: row.takenStalled },
    loggedAt: row.loggedAt === null ? null : timeOf(row.loggedAt),
    probedAt: row.probedAt,
  };
}
