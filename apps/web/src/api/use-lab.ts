/** The practice lab as the page sees it: its state, kept up to date, and the probes that ran in it. */
import type { ProbeSummary, VantageInfo } from "@mxray/contracts";
import { type UseMutationResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";

export interface Lab {
  /** Null while it is not known, and where the server has none. */
  readonly info: VantageInfo | null;
  /** Starts the lab unless it runs, and the probe of its first black hole: one click from nothing to a finding. */
  readonly demonstrate: UseMutationResult<ProbeSummary, Error, void>;
  readonly stop: UseMutationResult<VantageInfo, Error, void>;
  /** Looks again whether it can be started. */
  readonly look: () => void;
}

export function useLab(): Lab {
  const client = useQueryClient();
  const vantages = useQuery({
    queryKey: ["vantages"],
    queryFn: api.vantages,
    // A lab that runs may end by itself; one that starts will be ready soon.
    refetchInterval: ({ state }) => {
      const lab = labAmong(state.data?.vantages);
      return lab?.state === "starting" ? 1000 : lab?.state === "ready" ? 5000 : false;
    },
  });
  const look = () => void client.invalidateQueries({ queryKey: ["vantages"] });
  const info = labAmong(vantages.data?.vantages);
  const name = info?.name ?? "";
  const demonstrate = useMutation({
    mutationFn: async () => {
      const { domains } = await api.startVantage(name);
      const hole = domains.find(({ finding }) => finding === "pmtu-black-hole") ?? domains[0];
      if (hole === undefined) throw new Error("The practice lab has no domain to probe.");
      return api.startProbe({ target: hole.domain, vantage: name });
    },
    onSettled: look,
  });
  const stop = useMutation({ mutationFn: () => api.stopVantage(name), onSettled: look });
  return { info, demonstrate, stop, look };
}

function labAmong(vantages: readonly VantageInfo[] | undefined): VantageInfo | null {
  return vantages?.find(({ practice }) => practice) ?? null;
}

/** The newest practice probes, the newest first. */
export function usePracticeProbes(): readonly ProbeSummary[] {
  const { data } = useQuery({
    queryKey: ["probes", "practice"],
    queryFn: () => api.probes({ practice: true, limit: 100 }),
    staleTime: 0,
  });
  return data?.probes ?? [];
}
