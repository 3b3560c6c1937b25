/** Puts a followed log into the store. */
import type { LogBatch } from "@mxray/contracts";
import type { FollowSink, FollowState } from "@mxray/maillog";
import type { LogStore, StoredLogSource } from "@mxray/store";

export interface StoreSinkDeps {
  readonly store: Pick<LogStore, "commit">;
  readonly onCommit: (batch: LogBatch) => void;
  readonly onState: (state: FollowState) => void;
}

export function storeSink({ id, revision: first }: StoredLogSource, { store, onCommit, onState }: StoreSinkDeps): FollowSink {
  let revision = first;
  return {
    async commit(batch, position) {
      if (!(await store.commit(id, batch, { revision, position }))) return false;
      revision += 1;
      onCommit(batch);
      return true;
    },
    state: onState,
  };
}
