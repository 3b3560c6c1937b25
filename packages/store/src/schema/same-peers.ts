/**
 * One row per peer, by `peerIdentity`. Until now port 25 and no port were one, so that lines without a port split a peer that is
 * reached at another one, and a client could have a row without its name beside those with it.
 */
import { type CountedPeer, peerIdentity } from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { jsonRows } from "../repositories/logs/json-rows.ts";

interface PeerRow extends CountedPeer {
  readonly id: number;
  /** As it was until now. */
  readonly identity: string;
}

export const samePeers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("log_source").addColumn("first_line_at", "text").execute();
    const { rows: peers } = await sql<PeerRow>`select id, identity, name, address, port, direction, reach from log_peer order by id`.execute(db);
    const joins = [...peers].flatMap((peer) => {
      const other = rightPeer(peer, peers);
      return other === null ? [] : [[peer.id, other.id]];
    });
    await join(db, joins);
    const gone = new Set(joins.map(([id]) => id));
    await name(
      db,
      peers.filter(({ id }) => !gone.has(id)),
    );
    await renameInMemories(db, new Map(peers.map((peer) => [peer.identity, peerIdentity(rightPeer(peer, peers) ?? peer)])));
  },
};
