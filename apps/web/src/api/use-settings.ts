/** Settings that can be changed while the server runs, and their change. */
import type { Setting, SettingsChange } from "@mxray/contracts";
import { type QueryClient, type UseMutationResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const KEY = ["settings"];

export function useSettings() {
  return useQuery({ queryKey: KEY, queryFn: api.settings });
}

/** What was read of the server under other settings is read anew. */
export function refreshSettings(client: QueryClient): Promise<unknown> {
  return Promise.all([KEY, ["session"], ["log-sources"], ["about"]].map((queryKey) => client.invalidateQueries({ queryKey })));
}

export function useSettingsChange(): UseMutationResult<{ settings: Setting[] }, Error, SettingsChange> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: api.changeSettings,
    onSuccess: (list) => {
      client.setQueryData(KEY, list);
      return refreshSettings(client);
    },
  });
}
