import type { ProbeSummary } from "@mxray/contracts";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer } from "react";
import { api } from "./client.ts";
import type { LiveProbe } from "./host-view.ts";
import type { LiveMessage } from "./live-link.ts";
import { tellProbeStory, UNTOLD } from "./probe-story.ts";
import { useLiveMessages, useLiveStatus } from "./use-live.ts";

export function hasEnded({ status }: Pick<ProbeSummary, "status">): boolean {
  return status === "done" || status === "cancelled" || status === "failed";
}

/** A running probe from its beginning, as it happens. */
export function useLiveProbe(id: string): LiveProbe {
  const client = useQueryClient();
  const { connections } = useLiveStatus();
  const [{ live, lacks }, tell] = useReducer(tellProbeStory, UNTOLD);
  useLiveMessages(
    useCallback(
      (message: LiveMessage) => message.type === "probe-event" && message.id === id && tell({ type: "step", step: message }),
      [id],
    ),
  );
  useEffect(() => {
    if (connections > 0) tell({ type: "connected" });
  }, [connections]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what failed is tried again with the next connection
  useEffect(() => {
    if (!lacks) return;
    let wanted = true;
    client.fetchQuery({ queryKey: ["probe", id], queryFn: () => api.probe(id), staleTime: 0 }).then(
      (detail) => wanted && tell({ type: "so-far", detail }),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [client, id, lacks, connections]);
  return live;
}
