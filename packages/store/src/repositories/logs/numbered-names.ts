/** Peers and measures as numbers, remembered while nobody takes them out of the store. */
import { type CountedPeer, isNamelessClient, type LogBatch, type LogCount, outcomeOfMeasure, peerIdentity } from "@mxray/contracts";
import { sql, type Transaction } from "kysely";
import type { Tables } from "../../schema/tables.ts";
import { fieldOf, fieldsOf, listOf, rowsOf } from "../../sql/dialect.ts";
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

  peerOfEvent(peer: CountedPeer | null): number | null {
    if (peer === null) return null;
    return this.#peers.get(peerIdentity(peer)) ?? this.peer(withoutName(peer));
  }

  measure({ measure, note }: Pick<LogCount, "measure" | "note">): number {
    return this.#measures.get(`${measure}\n${note}`) ?? 0;
  }

  async learn(db: Transaction<Tables>, { counts, events, moves }: LogBatch): Promise<void> {
    if (this.#peers.size > MOST_REMEMBERED) this.#peers.clear();
    if (this.#measures.size > MOST_REMEMBERED) this.#measures.clear();
    const counted = this.#unknown([...counts.map(({ peer }) => peer), ...moves.map(({ to }) => to)]);
    await this.#learnPeers(
      db,
      counted.filter(({ peer }) => !isNamelessClient(peer)),
    );
    await this.#learnNameless(
      db,
      counted.filter(({ peer }) => isNamelessClient(peer)),
    );
    await this.#learnOfEvents(db, events);
    for (const count of counts) {
      for (const each of isCharted(count) ? [count, chartedMeasure(count)] : [count]) {
        if (!this.#measures.has(`${each.measure}\n${each.note}`)) await this.#learnMeasure(db, each);
      }
    }
  }

  #unknown(peers: Iterable<CountedPeer | null>): NewPeer[] {
    const fresh = new Map<string, CountedPeer>();
    for (const peer of peers) {
      if (peer === null) continue;
      const identity = peerIdentity(peer);
      if (!this.#peers.has(identity)) fresh.set(identity, peer);
    }
    return [...fresh].map(([identity, peer]) => ({ identity, peer }));
  }

  /** A client gets its name from lines that count only, so that it is the one that reading the log in one go gives. */
  async #learnOfEvents(db: Transaction<Tables>, events: LogBatch["events"]): Promise<void> {
    const unknown = this.#unknown(events.map(({ peer }) => peer));
    for (const text of jsonRows(unknown.map(({ identity }) => identity))) {
      const { rows } = await sql<{ id: number; identity: string }>`
        select id, identity from log_peer where identity in ${listOf(text)}`.execute(db);
      for (const { id, identity } of rows) this.#peers.set(identity, id);
    }
    const others = this.#unknown(unknown.map(({ peer }) => withoutName(peer)));
    await this.#learnPeers(
      db,
      others.filter(({ peer }) => !isNamelessClient(peer)),
    );
    await this.#learnNameless(
      db,
      others.filter(({ peer }) => isNamelessClient(peer)),
    );
  }

  async #learnPeers(db: Transaction<Tables>, peers: readonly NewPeer[]): Promise<void> {
    await nameClients(db, peers);
    const rows = peers.map(({ identity, peer }) => [identity, peer.name, peer.address, peer.port, peer.direction, peer.reach]);
    for (const text of jsonRows(rows)) {
      const { rows: known } = await sql<{ id: number; identity: string }>`
        insert into log_peer (identity, name, address, port, direction, reach)
        select ${fieldsOf(["text", "text", "text", "bigint", "text", "text"])} from ${rowsOf(text)} where true
        on conflict (identity) do update set port = log_peer.port
        returning id, identity`.execute(db);
      for (const { id, identity } of known) this.#peers.set(identity, id);
    }
  }

  /** A client without a name is the first that has its address. */
  async #learnNameless(db: Transaction<Tables>, peers: readonly NewPeer[]): Promise<void> {
    for (const text of jsonRows(peers.map(({ identity, peer }) => [identity, peer.address]))) {
      const { rows: known } = await sql<{ id: number; identity: string }>`
        select min(log_peer.id) as id, ${fieldOf(0, "text", "nameless")} as identity from ${rowsOf(text, "nameless")}
        join log_peer on log_peer.address = ${fieldOf(1, "text", "nameless")} and direction = 'inbound'
        group by 2`.execute(db);
      for (const { id, identity } of known) this.#peers.set(identity, id);
    }
    await this.#learnPeers(
      db,
      peers.filter(({ identity }) => !this.#peers.has(identity)),
    );
  }

  async #learnMeasure(db: Transaction<Tables>, { measure, note }: Pick<LogCount, "measure" | "note">): Promise<void> {
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

function withoutName(peer: CountedPeer): CountedPeer {
  return peer.direction === "inbound" && peer.address !== null ? { ...peer, name: null } : peer;
}

/** A client that was seen by its address only gets its name with the first line that has one. */
async function nameClients(db: Transaction<Tables>, peers: readonly NewPeer[]): Promise<void> {
  const first = new Map<string, readonly unknown[]>();
  for (const { identity, peer } of peers) {
    if (peer.direction !== "inbound" || peer.name === null || peer.address === null || first.has(peer.address)) continue;
    first.set(peer.address, [identity, peer.name, peerIdentity({ ...peer, name: null })]);
  }
  for (const text of jsonRows([...first.values()])) {
    await sql`
      update log_peer set identity = ${fieldOf(0, "text", "named")}, name = ${fieldOf(1, "text", "named")} from ${rowsOf(text, "named")}
      where log_peer.identity = ${fieldOf(2, "text", "named")}
        and not exists (select 1 from log_peer as known where known.identity = ${fieldOf(0, "text", "named")})`.execute(db);
  }
}

/** What charts are drawn from: without the note that keeps counts apart which may be taken back. */
export function chartedMeasure({ measure }: LogCount): Pick<LogCount, "measure" | "note"> {
  return { measure, note: "" };
}

export function isCharted({ measure }: Pick<LogCount, "measure">): boolean {
  return outcomeOfMeasure(measure) !== null;
}
