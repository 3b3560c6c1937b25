/** Channels of alerts, and what they were sent. Live events say when either has changed. */
import type { ChannelChangeRequest, ChannelRequest } from "@mxray/contracts";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const CHANNELS = ["channels"];
const ALERTS = ["alerts"];

export function useChannels() {
  return useQuery({ queryKey: CHANNELS, queryFn: api.channels });
}

/** @param id null for a new one */
export function useSaveChannel(id: string | null) {
  return useMutation({
    mutationFn: (request: ChannelRequest) => (id === null ? api.makeChannel(request) : api.changeChannel(id, request)),
    onSettled: useAgain(),
  });
}

export function useChangeChannel() {
  return useMutation({
    mutationFn: ({ id, ...change }: ChannelChangeRequest & { readonly id: string }) => api.changeChannel(id, change),
    onSettled: useAgain(),
  });
}

export function useDeleteChannel() {
  return useMutation({ mutationFn: (id: string) => api.deleteChannel(id), onSettled: useAgain() });
}

export function useTestChannel() {
  return useMutation({ mutationFn: (id: string) => api.testChannel(id), onSettled: useAgain() });
}

export function useAlerts() {
  return useInfiniteQuery({
    queryKey: ALERTS,
    queryFn: ({ pageParam }) => api.alerts({ before: pageParam }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

function useAgain(): () => Promise<unknown> {
  const client = useQueryClient();
  return () => Promise.all([CHANNELS, ALERTS, ["audit"]].map((queryKey) => client.invalidateQueries({ queryKey })));
}
