import type { Kysely } from "kysely";
import type { LogReads, LogStore } from "../../interfaces/log-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { logCommit } from "./log-commit.ts";
import { logSources } from "./log-sources.ts";
import { logTidying } from "./log-tidying.ts";
import { logViews } from "./log-views.ts";
import { NumberedNames } from "./numbered-names.ts";
import { storedStatistics } from "./stored-statistics.ts";

/** @param reads where the long reads are done; null for here */
export function logStore(db: Kysely<Tables>, reads: LogReads | null): LogStore {
  const ids = new NumberedNames();
  return {
    ...logSources(db),
    ...logCommit(db, ids),
    ...logTidying(db, ids),
    ...storedStatistics(db),
    ...logViews(db),
    ...reads,
  };
}
