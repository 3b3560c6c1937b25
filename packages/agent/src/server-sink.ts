/** Puts a followed log into the server's store: one batch after another, each again until the server has it. */
import type { AgentBatch } from "@mxray/contracts";
import type { FollowSink, FollowState } from "@mxray/maillog";
import type { ServerConnection } from "./server-connection.ts";

export interface ServerSinkOptions {
  readonly connection: ServerConnection;
  readonly log: { readonly id: number; readonly revision: number };
  readonly signal: AbortSignal;
  readonly onState: (state: FollowState) => void;
}

/** A batch that is sent again after a lost answer counts once: the server knows its revision and position. */
export function serverSink({ connection, log, signal, onState }: ServerSinkOptions): FollowSink {
  let { revision } = log;
  return {
    async commit(batch, position) {
      const body: AgentBatch = { revision, position, batch };
      if ((await connection.ask(`/agent/v1/logs/${log.id}/batches`, body, signal)) === null) return false;
      revision += 1;
      return true;
    },
    state: onState,
  };
}
