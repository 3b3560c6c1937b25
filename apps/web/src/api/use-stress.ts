/** Stress runs: their list, one of them as it runs, the hosts that may be tested. */
import type { StressRequest, StressRunSummary } from "@mxray/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const KEY = ["stress"];

export function useStressRuns() {
  return useQuery({ queryKey: [...KEY, "runs"], queryFn: api.stressRuns });
}

export function useStressTargets() {
  return useQuery({ queryKey: [...KEY, "targets"], queryFn: api.stressTargets, staleTime: 0 });
}

/** @param id null asks nothing */
export function useStressRun(id: string | null) {
  return useQuery({ queryKey: [...KEY, "run", id], queryFn: () => api.stressRun(id ?? ""), enabled: id !== null });
}

export function useBeginStress() {
  return useMutation({ mutationFn: (request: StressRequest) => api.beginStress(request), onSettled: useAgain() });
}

export function useCancelStress() {
  return useMutation({ mutationFn: (id: string) => api.cancelStress(id), onSettled: useAgain() });
}

export function useDeleteStress() {
  return useMutation({ mutationFn: (id: string) => api.deleteStress(id), onSettled: useAgain() });
}

/** Ended runs of the same target before this one, the newest first. */
export function earlierRuns(runs: readonly StressRunSummary[], { id, target }: StressRunSummary): StressRunSummary[] {
  return runs.filter((one) => one.target === target && one.id < id && one.result !== null);
}

function useAgain() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: KEY });
}
