/** Agents on other machines. */
import type { AgentRequest } from "@mxray/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const AGENTS = ["agents"];
const LOOK_MS = 5000;

export function useAgents() {
  return useQuery({ queryKey: AGENTS, queryFn: api.agents, refetchInterval: LOOK_MS });
}

export function useMakeAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: AgentRequest) => api.makeAgent(request),
    onSettled: () => client.invalidateQueries({ queryKey: AGENTS }),
  });
}

export function useInviteAgent() {
  return useMutation({ mutationFn: (id: string) => api.inviteAgent(id) });
}

export function useRevokeAgent() {
  const client = useQueryClient();
  return useMutation({ mutationFn: (id: string) => api.revokeAgent(id), onSettled: () => client.invalidateQueries({ queryKey: AGENTS }) });
}
