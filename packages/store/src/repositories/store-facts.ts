import { type Kysely, sql } from "kysely";
import type { StoreFacts } from "../interfaces/store.ts";
import type { Tables } from "../schema/tables.ts";

export async function storeFacts(db: Kysely<Tables>, location: string): Promise<StoreFacts> {
  const size = await sql<{ bytes: number }>`
    select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`.execute(db);
  const { probes, oldest } = await db
    .selectFrom("probe")
    .select(({ fn }) => [fn.countAll<number>().as("probes"), fn.min("created_at").as("oldest")])
    .executeTakeFirstOrThrow();
  return { location, bytes: size.rows[0]?.bytes ?? 0, probes: Number(probes), oldestProbeAt: oldest };
}
