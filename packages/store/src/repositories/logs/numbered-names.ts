/** Peers and measures as numbers, remembered while nobody takes them out of the store. */
import type { CountedPeer, LogBatch, LogCount } from "@mxray/contracts";
import { sql, type Transaction } from "kysely";
import type { Tables } from "../../schema/tables.ts";
import { jsonRows } from "./json-rows.ts";

/** Measures with a note of their own; what comes beyond goes without it, so that a log cannot fill the table. */
const MOST_MEASURES = 5000;
const MOST_REMEMBERED = 100_000;

export class NumberedNames {
  readonly #peers = new Map<string, number>();
  readonly #measures = new Map<string, number>();
  /** Measures in the store; null until they were counted. */
  #kept: number | null = null;

  forget(): void {
    this.#peers.clear();
    this.#measures.clear();
    this.#kept = null;
  }

  peer(peer: CountedPeer | null): number {
    return peer === null ? 0 : (this.#peers.get(peerIdentity(peer)) ?? 0);
  }

  measure({ measure, note }: Pick<LogCount, "measure" | "note">): number {
    return this.#measures.get(`${measure}\n${note}`) ?? 0;
  }

  async learn(db: Transaction<Tables>, { counts, events }: LogBatch): Promise<void> {
    if (this.#peers.size > MOST_REMEMBERED) this.#peers.clear();
    if (this.#measures.size > MOST_REMEMBERED) this.#measures.clear();
    const peers = new Map<string, CountedPeer>();
    for (const { peer } of [...counts, ...events]) {
      if (peer === null) continue;
      const identity = peerIdentity(peer);
      if (!this.#peers.has(identity)) peers.set(identity, peer);
    }
    const fresh = [...peers].map(([identity, peer]) => ({ identity, peer }));
    await this.#learnPeers(
      db,
      fresh.filter(({ peer }) => !isNameless(peer)),
    );
    await this.#learnNameless(
      db,
      fresh.filter(({ peer }) => isNameless(peer)),
    );
    for (const count of counts) {
      if (!this.#measures.has(`${count.measure}\n${count.note}`)) await this.#learnMeasure(db, count);
    }
  }

  /** A peer that was seen by its address only gets its name with the first line that tells it. */
  async #learnPeers(db: Transaction<Tables>, peers: readonly NewPeer[]): Promise<void> {
    const rows = peers.map(({ identity, peer }) => [
      identity,
      peer.name,
      peer.address,
      peer.port,
      peer.direction,
      peer.reach,
      peerIdentity({ ...peer, name: null }),
    ]);
    for (const text of jsonRows(rows)) {
      await sql`
        update log_peer set identity = named.value ->> 0, name = named.value ->> 1 from json_each(${text}) as named
        where log_peer.identity = named.value ->> 6 and log_peer.name is null and named.value ->> 2 is not null
          and not exists (select 1 from log_peer as known where known.identity = named.value ->> 0)`.execute(db);
      const { rows: known } = await sql<{ id: number; identity: string }>`
        insert into log_peer (identity, name, address, port, direction, reach)
        select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 from json_each(${text}) where true
        on conflict (identity) do update set port = coalesce(log_peer.port, excluded.port)
        returning id, identity`.execute(db);
      for (const { id, identity } of known) this.#peers.set(identity, id);
    }
  }

  /** A line without the name is of the peer that has the address. */
  async #learnNameless(db: Transaction<Tables>, peers: readonly NewPeer[]): Promise<void> {
    const rows = peers.map(({ identity, peer }) => [identity, peer.address, peer.direction, usualPort(peer.port)]);
    for (const text of jsonRows(rows)) {
      const { rows: known } = await sql<{ id: number; identity: string }>`
        select min(log_peer.id) as id, nameless.value ->> 0 as identity from json_each(${text}) as nameless
        join log_peer on log_peer.address = nameless.value ->> 1 and direction = nameless.value ->> 2
          and coalesce(port, 25) = coalesce(nameless.value ->> 3, 25)
        group by 2`.execute(db);
      for (const { id, identity } of known) this.#peers.set(identity, id);
    }
    await this.#learnPeers(
      db,
      peers.filter(({ identity }) => !this.#peers.has(identity)),
    );
  }

  async #learnMeasure(db: Transaction<Tables>, { measure, note }: LogCount): Promise<void> {
    const known = await db
      .selectFrom("log_measure")
      .select("id")
      .where("measure", "=", measure)
      .where("note", "=", note)
      .executeTakeFirst();
    const id = known?.id ?? (await this.#newMeasure(db, { measure, note }));
    this.#measures.set(`${measure}\n${note}`, id);
  }

  async #newMeasure(db: Transaction<Tables>, { measure, note }: Pick<LogCount, "measure" | "note">): Promise<number> {
    this.#kept ??= (
      await db
        .selectFrom("log_measure")
        .select(({ fn }) => fn.countAll<number>().as("kept"))
        .executeTakeFirstOrThrow()
    ).kept;
    const shown = this.#kept < MOST_MEASURES ? note : "";
    const { id } = await db
      .insertInto("log_measure")
      .values({ measure, note: shown })
      .onConflict((conflict) => conflict.columns(["measure", "note"]).doUpdateSet({ note: shown }))
      .returning("id")
      .executeTakeFirstOrThrow();
    this.#kept += 1;
    return id;
  }
}

interface NewPeer {
  readonly identity: string;
  readonly peer: CountedPeer;
}

/** `unknown[192.0.2.1]`: its name was not found, this time. */
function isNameless({ name, address }: CountedPeer): boolean {
  return name === null && address !== null;
}

function peerIdentity({ name, address, port, direction }: CountedPeer): string {
  return `${direction} ${name ?? ""}[${address ?? ""}]${usualPort(port) ?? ""}`;
}

/** Some lines name a server's port and some do not: SMTP's own is the same as none. */
function usualPort(port: number | null): number | null {
  return port === 25 ? null : port;
}
