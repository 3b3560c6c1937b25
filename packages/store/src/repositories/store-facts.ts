import { type Kysely, sql } from "kysely";
import type { StoreFacts } from "../interfaces/store.ts";
import type { Tables } from "../schema/tables.ts";
import { STORE_BYTES } from "../sql/dialect.ts";

export async function storeFacts(db: Kysely<Tables>, location: string): Promise<StoreFacts> {
  const size = await sql<{ bytes: number }>`select ${STORE_BYTES} as bytes`.execute(db);
  const { probes, oldest } = await db
    .selectFrom("probe")
    .select(({ fn }) => [fn.countAll<number>().as("probes"), fn.min("created_at").as("oldest")])
    .executeTakeFirstOrThrow();
  return { location, bytes: size.rows[0]?.bytes ?? 0, probes: Number(probes), oldestProbeAt: oldest };
}
