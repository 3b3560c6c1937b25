/** Links that were given out, of whatever kind: one shape for all, the newest first. */
import type { LinkMaker, ShareSummary, WallLinkSummary } from "@mxray/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

export interface GivenLink {
  readonly kind: "share" | "wall";
  readonly id: string;
  /** What it opens: the target of a diagnosis, the name of a screen. */
  readonly name: string;
  /** The diagnosis that it opens. */
  readonly probeId: string | null;
  readonly createdAt: string;
  readonly madeBy: LinkMaker | null;
  readonly lastUsedAt: string | null;
  readonly opened: number;
  /** Null where it works until it is revoked. */
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

/** @returns null while they are not known */
export function useGivenLinks(): { readonly links: readonly GivenLink[] | null; readonly error: Error | null; readonly retry: () => void } {
  const shares = useQuery({ queryKey: ["shares"], queryFn: api.shares });
  const walls = useQuery({ queryKey: ["wall-links"], queryFn: api.wallLinks });
  const known = shares.data !== undefined && walls.data !== undefined;
  const all = [...(shares.data?.shares ?? []).map(ofShare), ...(walls.data?.wallLinks ?? []).map(ofWallLink)];
  return {
    links: known ? all.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)) : null,
    error: shares.error ?? walls.error,
    retry: () => void Promise.all([shares.refetch(), walls.refetch()]),
  };
}

export function useRevoking() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, id }: GivenLink) => (kind === "share" ? api.revokeShare(id) : api.revokeWallLink(id)),
    onSettled: (_answer, _error, { kind }) => client.invalidateQueries({ queryKey: [kind === "share" ? "shares" : "wall-links"] }),
  });
}

export function works({ revokedAt, expiresAt }: GivenLink, now: string): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

function ofShare({ target, lastOpenedAt, ...share }: ShareSummary): GivenLink {
  return { kind: "share", name: target, lastUsedAt: lastOpenedAt, ...share };
}

function ofWallLink(link: WallLinkSummary): GivenLink {
  return { kind: "wall", probeId: null, expiresAt: null, ...link };
}
