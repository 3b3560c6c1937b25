/** What is watched, as it is now. */
import type { WatchList, WatchRequest } from "@mxray/contracts";
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const KEY = ["watches"];
export function useWatches(): UseQueryResult<WatchList> {
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
