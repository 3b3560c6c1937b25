/** Settings that can be changed while the server runs, and their change. */
import type { Setting, SettingsChange } from "@mxray/contracts";
import { type QueryKey, type UseMutationResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const KEY = ["settings"];

/** @param may the reader may see them */
export function useSettings(may = true) {
  return useQuery({ queryKey: KEY, queryFn: api.settings, enabled: may });
}

/** What is otherwise under other settings, as keys of queries. */
export const READ_UNDER_SETTINGS: readonly QueryKey[] = [KEY, ["session"], ["log-sources"], ["about"], ["watches"]];

export function useSettingsChange(): UseMutationResult<{ settings: Setting[] }, Error, SettingsChange> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: api.changeSettings,
    onSuccess: (list) => {
      client.setQueryData(KEY, list);
      return Promise.all(READ_UNDER_SETTINGS.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
}
