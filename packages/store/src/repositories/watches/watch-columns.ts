/** What changes at a watch, as columns. */
import type { Selectable } from "kysely";
import type { WatchChange, WatchSettings } from "../../interfaces/watch-store.ts";
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

export function settingColumns({ everyMinutes, tags, paused }: Partial<WatchSettings>): Partial<Selectable<WatchTable>> {
  return {
    ...(everyMinutes === undefined ? {} : { every_minutes: everyMinutes }),
    ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
    ...(paused === undefined ? {} : { paused: paused ? 1 : 0 }),
  };
}
