/** Maintenance windows. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

const WINDOWS = ["maintenance"];

export function useMaintenance() {
  return useQuery({ queryKey: WINDOWS, queryFn: api.maintenance });
}

export function useSetMaintenance() {
  return useMutation({ mutationFn: api.setMaintenance, onSettled: useAgain() });
}

export function useDeleteMaintenance() {
  return useMutation({ mutationFn: api.deleteMaintenance, onSettled: useAgain() });
}

function useAgain(): () => Promise<unknown> {
  const client = useQueryClient();
  return () => Promise.all([WINDOWS, ["audit"]].map((queryKey) => client.invalidateQueries({ queryKey })));
}
