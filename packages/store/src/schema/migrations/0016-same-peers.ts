/**
 * One row per peer, by `peerIdentity`. Before it, port 25 and no port were one, so that lines without a port split a peer that is
 * reached at another port, and a client could have a row without its name beside one with it. What was counted stays.
 */
import type { CountedPeer } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

interface PeerRow extends CountedPeer {
  readonly id: number;
  /** As it was: without port 25. */
  readonly identity: string;
}

export const samePeers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("log_source").addColumn("first_line_at", "text").execute();
    const { rows } = await sql<PeerRow>`select id, identity, name, address, port, direction, reach from log_peer order by id`.execute(db);
    const same = samePeersOf(rows);
    await join(
      db,
      [...same].filter(([peer, other]) => peer !== other).map(([peer, other]) => [peer.id, other.id]),
    );
    await rename(db, [...new Set(same.values())]);
    await renameInMemories(db, new Map([...same].map(([peer, other]) => [peer.identity, identityOf(other)])));
  },
};

/** What `peerIdentity` was when this step was released. */
function identityOf({ direction, name, address, port }: PeerRow): string {
  return `${hostOf({ direction, name, address })}${port === null ? "" : `:${port}`}`;
}

function hostOf({ direction, name, address }: Pick<PeerRow, "direction" | "name" | "address">): string {
  return `${direction} ${name ?? ""}[${address ?? ""}]`;
}

/** Each peer and the one that it is. */
function samePeersOf(peers: readonly PeerRow[]): Map<PeerRow, PeerRow> {
  const hosts = Map.groupBy(peers, hostOf);
  const clients = Map.groupBy(
    peers.filter(({ direction, name }) => direction === "inbound" && name !== null),
    ({ address }) => address,
  );
  return new Map(
    peers.map((peer) => {
      const { direction, name, address, port } = peer;
      if (direction === "inbound" && name === null) return [peer, clients.get(address)?.[0] ?? peer];
      if (direction === "inbound" || port !== null) return [peer, peer];
      // Where a host is reached at two ports, what named neither stays apart.
      const reached = hosts.get(hostOf(peer))?.filter((each) => each.port !== null) ?? [];
      return [peer, reached.length === 1 && reached[0] !== undefined ? reached[0] : peer];
    }),
  );
}

/** @param joins ids, each with the one that it goes into */
async function join(db: Kysely<unknown>, joins: readonly (readonly [number, number])[]): Promise<void> {
  // A table with a key: there may be a million counts.
  await sql`create temp table same_peer (id integer primary key, other integer not null)`.execute(db);
  await sql`insert into same_peer select value ->> 0, value ->> 1 from json_each(${JSON.stringify(joins)})`.execute(db);
  await sql`
    insert into log_count (start, peer_id, measure_id, value, count, least, most)
    select start, other, measure_id, value, count, least, most from log_count cross join same_peer on id = peer_id where true
    on conflict (start, peer_id, measure_id, value) do update set
      count = log_count.count + excluded.count,
      least = min(coalesce(log_count.least, excluded.least), coalesce(excluded.least, log_count.least)),
      most = max(coalesce(log_count.most, excluded.most), coalesce(excluded.most, log_count.most))`.execute(db);
  await sql`delete from log_count where peer_id in (select id from same_peer)`.execute(db);
  await sql`update log_event set peer_id = other from same_peer where log_event.peer_id = same_peer.id`.execute(db);
  await sql`delete from log_peer where id in (select id from same_peer)`.execute(db);
  await sql`drop table same_peer`.execute(db);
}

async function rename(db: Kysely<unknown>, peers: readonly PeerRow[]): Promise<void> {
  for (const peer of peers) {
    const identity = identityOf(peer);
    if (identity !== peer.identity) await sql`update log_peer set identity = ${identity} where id = ${peer.id}`.execute(db);
  }
}

/** Messages that are under way know their peers by identity. */
async function renameInMemories(db: Kysely<unknown>, identities: ReadonlyMap<string, string>): Promise<void> {
  const { rows } = await sql<{ sourceId: number; key: string; value: string }>`
    select source_id as "sourceId", key, value from log_memory where key like 'message %' and instr(value, '"peers":[{') > 0`.execute(db);
  for (const { sourceId, key, value } of rows) {
    const message = JSON.parse(value) as { past: { peers: { key: string }[] } };
    for (const peer of message.past.peers) peer.key = identities.get(peer.key) ?? peer.key;
    await sql`update log_memory set value = ${JSON.stringify(message)} where source_id = ${sourceId} and key = ${key}`.execute(db);
  }
}
