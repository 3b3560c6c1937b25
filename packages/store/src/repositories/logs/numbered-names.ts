/** Peers and measures as numbers, remembered while nobody takes them out of the store. */
import type { CountedPeer, LogBatch, LogCount } from "@mxray/contracts";
import { sql, type Transaction } from "kysely";
import type { Tables } from "../../tables.ts";
import { jsonRows } from "./json-rows.ts";

/** Measures with a note of its own; what comes beyond goes without it, so that a log cannot fill the table. */
const MOST_MEASURES = 5000;

export class NumberedNames {
  readonly #peers = new Map<string, number>();
  readonly #measures = new Map<string, number>();

  forget(): void {
    this.#peers.clear();
    this.#measures.clear();
  }

  peer(peer: CountedPeer | null): number {
    return peer === null ? 0 : (this.#peers.get(peerIdentity(peer)) ?? 0);
  }

  measure({ measure, note }: Pick<LogCount, "measure" | "note">): number {
    return this.#measures.get(`${measure}\n${note}`) ?? this.#measures.get(`${measure}\n`) ?? 0;
  }

  async learn(db: Transaction<Tables>, { counts, events }: LogBatch): Promise<void> {
    if (this.#peers.size > 100_000) this.#peers.clear();
    const peers = new Map<string, CountedPeer>();
    for (const { peer } of [...counts, ...events]) {
      if (peer === null) continue;
      const identity = peerIdentity(peer);
      if (!this.#peers.has(identity)) peers.set(identity, peer);
    }
    await this.#learnPeers(db, peers);
    for (const count of counts) {
      if (!this.#measures.has(`${count.measure}\n${count.note}`)) await this.#learnMeasure(db, count);
    }
  }

  async #learnPeers(db: Transaction<Tables>, peers: ReadonlyMap<string, CountedPeer>): Promise<void> {
    const rows = [...peers].map(([identity, { name, address, port, direction, reach }]) => [
      identity,
      name,
      address,
      port,
      direction,
      reach,
    ]);
    for (const text of jsonRows(rows)) {
      const { rows: known } = await sql<{ id: number; identity: string }>`
        insert into log_peer (identity, name, address, port, direction, reach)
        select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 from json_each(${text}) where true
        on conflict (identity) do update set port = coalesce(log_peer.port, excluded.port)
        returning id, identity`.execute(db);
      for (const { id, identity } of known) this.#peers.set(identity, id);
    }
  }

  async #learnMeasure(db: Transaction<Tables>, { measure, note }: LogCount): Promise<void> {
    const shown = this.#measures.size < MOST_MEASURES ? note : "";
    const { id } = await db
      .insertInto("log_measure")
      .values({ measure, note: shown })
      .onConflict((conflict) => conflict.columns(["measure", "note"]).doUpdateSet({ note: shown }))
      .returning("id")
      .executeTakeFirstOrThrow();
    this.#measures.set(`${measure}\n${shown}`, id);
  }
}

/** Some lines name a server's port and some do not: SMTP's own is the same as none. */
function peerIdentity({ name, address, port, direction }: CountedPeer): string {
  return `${direction} ${name ?? ""}[${address ?? ""}]${port === null || port === 25 ? "" : port}`;
}
