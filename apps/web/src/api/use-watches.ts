/** What is watched, as it is now. */
import type { LiveEvent, Watch, WatchList, WatchRequest } from "@mxray/contracts";
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "./client.ts";

const KEY = ["watches"];
/** A round that ended may have changed these. */
const CHANGED = [["finding"], ["findings"], ["probes"]];

export function useWatches(): UseQueryResult<WatchList> {
  const client = useQueryClient();
  useEffect(() => {
    const feed = new EventSource("/api/v1/events");
    feed.addEventListener("watch", ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as LiveEvent;
      if (event.type !== "watch") return;
      client.setQueryData<WatchList>(KEY, (before) => before && { ...before, watches: withWatch(before.watches, event.id, event.watch) });
      if (event.watch?.probing === false) for (const queryKey of CHANGED) void client.invalidateQueries({ queryKey });
    });
    feed.addEventListener("open", () => void client.invalidateQueries({ queryKey: KEY }));
    return () => feed.close();
  }, [client]);
  return useQuery({ queryKey: KEY, queryFn: api.watches });
}

/** Begins a watch, or ends the one of this id. */
export function useWatchChange(): UseMutationResult<void, Error, WatchRequest | { readonly id: string }> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: WatchRequest | { readonly id: string }) => {
      await ("id" in change ? api.endWatch(change.id) : api.watch(change));
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

function withWatch(watches: readonly Watch[], id: string, watch: Watch | null): Watch[] {
  const others = watches.filter((each) => each.id !== id);
  return watch === null ? others : [...others, watch].sort((a, b) => a.target.localeCompare(b.target));
}
