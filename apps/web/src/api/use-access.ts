/** Who is signed in, users, API tokens and the audit. */
import {
  type AuditAction,
  type PasswordChangeRequest,
  roleReaches,
  type TokenRequest,
  type UserChangeRequest,
  type UserRequest,
  type UserRole,
} from "@mxray/contracts";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const USERS = ["users"];
const TOKENS = ["tokens"];
const AUDIT = ["audit"];

export function useSession() {
  return useQuery({ queryKey: ["session"], queryFn: api.session, staleTime: Number.POSITIVE_INFINITY });
}

/** Whether the role of who is signed in reaches this one; null until that is known. */
export function useMay(least: UserRole): boolean | null {
  const role = useSession().data?.role;
  return role === undefined ? null : roleReaches(role, least);
}

export function useUsers() {
  return useQuery({ queryKey: USERS, queryFn: api.users });
}

export function useAddUser() {
  return useMutation({ mutationFn: (request: UserRequest) => api.addUser(request), onSettled: useAgain(USERS) });
}

export function useInviteUser() {
  return useMutation({ mutationFn: (id: string) => api.inviteUser(id), onSettled: useAgain(USERS) });
}

export function useChangeUser() {
  return useMutation({
    mutationFn: ({ id, ...change }: UserChangeRequest & { readonly id: string }) => api.changeUser(id, change),
    onSettled: useAgain(USERS),
  });
}

export function useDeleteUser() {
  return useMutation({ mutationFn: (id: string) => api.deleteUser(id), onSettled: useAgain(USERS) });
}

export function useChangePassword() {
  return useMutation({ mutationFn: (request: PasswordChangeRequest) => api.changePassword(request) });
}

export function useTokens() {
  return useQuery({ queryKey: TOKENS, queryFn: api.tokens });
}

export function useMakeToken() {
  return useMutation({ mutationFn: (request: TokenRequest) => api.makeToken(request), onSettled: useAgain(TOKENS) });
}

export function useRevokeToken() {
  return useMutation({ mutationFn: (id: string) => api.revokeToken(id), onSettled: useAgain(TOKENS) });
}

export interface AuditFilter {
  readonly action?: AuditAction | undefined;
  readonly text: string;
}

export function useAudit(filter: AuditFilter) {
  return useInfiniteQuery({
    queryKey: [...AUDIT, filter],
    queryFn: ({ pageParam }) => api.audit({ ...filter, before: pageParam }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** Reads what has changed once more, and what was recorded of it. */
function useAgain(queryKey: readonly string[]): () => Promise<unknown> {
  const client = useQueryClient();
  return () => Promise.all([queryKey, AUDIT].map((key) => client.invalidateQueries({ queryKey: key })));
}
