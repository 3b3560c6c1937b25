/** What is watched, as it is now. */
import type { WatchList, WatchRequest } from "@mxray/contracts";
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const KEY = ["watches"];
export function useWatches(): UseQueryResult<WatchList> {
  return useQuery({ queryKey: KEY, queryFn: api.watches });
}

/** A watch to begin or to change, or the id of one to end. */
type WatchChange = WatchRequest | { readonly id: string };

/** Makes one change after the other, up to the first that fails. */
export function useWatchChange(): UseMutationResult<void, Error, readonly WatchChange[]> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (changes: readonly WatchChange[]) => {
      for (const change of changes) await ("id" in change ? api.endWatch(change.id) : api.watch(change));
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
