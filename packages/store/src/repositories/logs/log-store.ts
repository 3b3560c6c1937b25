import type { Kysely } from "kysely";
import type { LogStore } from "../../log-store.ts";
import type { Tables } from "../../tables.ts";
import { logCommit } from "./log-commit.ts";
import type { LogReads } from "./log-reading.ts";
import { logSources } from "./log-sources.ts";
import { logStatistics } from "./log-statistics.ts";
import { logTidying } from "./log-tidying.ts";
import { logViews } from "./log-views.ts";
import { NumberedNames } from "./numbered-names.ts";
import { peerProbes } from "./peer-probes.ts";

/** @param reads where the long reads are done; null for here */
export function logStore(db: Kysely<Tables>, reads: LogReads | null): LogStore {
  const ids = new NumberedNames();
  return {
    ...logSources(db),
    ...logCommit(db, ids),
    ...logTidying(db, ids),
    ...logStatistics(db),
    ...logViews(db),
    ...peerProbes(db),
    ...reads,
  };
}
