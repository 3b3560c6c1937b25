/** Links that were given out, the newest first. */
import type { LinkSummary } from "@mxray/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

export const LINKS_KEY = ["links"];

/** `links` is null until they are loaded. */
export function useLinks(): { readonly links: readonly LinkSummary[] | null; readonly error: Error | null; readonly retry: () => void } {
  const { data, error, refetch } = useQuery({ queryKey: LINKS_KEY, queryFn: api.links });
  return { links: data?.links ?? null, error, retry: () => void refetch() };
}

export function useRevoking() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: LinkSummary) => api.revokeLink(id),
    onSettled: () => client.invalidateQueries({ queryKey: LINKS_KEY }),
  });
}

export function works({ revokedAt, expiresAt }: LinkSummary, now: string): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}
