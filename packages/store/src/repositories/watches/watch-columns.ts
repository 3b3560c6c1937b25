/** What changes at a watch, as columns. */
import type { Selectable } from "kysely";
import type { WatchChange } from "../../interfaces/watch-store.ts";
import type { WatchTable } from "../../schema/tables.ts";

export function watchColumns({ dueAt, refusals, trouble, code, sinceAt, memory }: WatchChange): Partial<Selectable<WatchTable>> {
  return {
    ...(dueAt === undefined ? {} : { due_at: dueAt }),
    ...(refusals === undefined ? {} : { refusals }),
    ...(trouble === undefined ? {} : { trouble }),
    ...(code === undefined ? {} : { code }),
    ...(sinceAt === undefined ? {} : { since_at: sinceAt }),
    ...(memory === undefined ? {} : { memory: JSON.stringify(memory) }),
  };
}
