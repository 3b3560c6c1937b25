import type { PracticeDomain, ProbeSummary } from "@mxray/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { LoaderCircle, Play } from "lucide-react";
import { api } from "../../api/client.ts";
import { usePracticeProbes } from "../../api/use-lab.ts";
import { hasEnded } from "../../api/use-live-probe.ts";
import { toneOf } from "../../format/words.ts";
import { Button } from "../../ui/button.tsx";
import { ForRole } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** What there is to probe in the practice lab: one click each, and what was found the last time. */
export function PracticeDomains({ vantage, domains }: { vantage: string; domains: readonly PracticeDomain[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const practise = (domain: string) => api.startProbe({ target: domain, vantage });
  const probes = usePracticeProbes();
  const one = useMutation({ mutationFn: practise, onSuccess: ({ id }) => navigate({ to: "/diagnose/$id", params: { id } }) });
  const all = useMutation({
    mutationFn: () => Promise.all(domains.map(({ domain }) => practise(domain))),
    onSettled: () => client.invalidateQueries({ queryKey: ["probes"] }),
  });
  const problem = one.error ?? all.error;
  return (
    <section aria-label="Practice domains">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-lg font-semibold">In the practice lab</h2>
        <ForRole least="operator">
          <Button onClick={() => all.mutate()} disabled={all.isPending}>
            Probe all {domains.length}
          </Button>
        </ForRole>
      </div>
      {problem !== null && (
        <div className="mb-3">
          <Message tone="bad">{problem.message}</Message>
        </div>
      )}
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {domains.map((domain) => (
          <Domain
            key={domain.domain}
            domain={domain}
            last={probes.find(({ target }) => target === domain.domain)}
            busy={one.isPending}
            probe={() => one.mutate(domain.domain)}
          />
        ))}
      </ul>
    </section>
  );
}

interface DomainProps {
  readonly domain: PracticeDomain;
  readonly last: ProbeSummary | undefined;
  readonly busy: boolean;
  readonly probe: () => void;
}

function Domain({ domain: { domain, title }, last, busy, probe }: DomainProps) {
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-xl border border-line bg-card p-4">
      <div className="flex items-start justify-between gap-3">
        <h3 className="min-w-0 pt-1.5 font-mono text-sm font-semibold break-words">{domain}</h3>
        <ForRole least="operator">
          <Button aria-label={`Probe ${domain}`} onClick={probe} disabled={busy}>
            <Play size={14} aria-hidden /> Probe
          </Button>
        </ForRole>
      </div>
      <p className="text-sm text-soft">{title}</p>
      {last !== undefined && <Last probe={last} />}
    </li>
  );
}

function Last({ probe }: { probe: ProbeSummary }) {
  return (
    <Link
      to="/diagnose/$id"
      params={{ id: probe.id }}
      className="mt-auto flex items-center gap-2 border-t border-line pt-2.5 text-sm font-semibold hover:underline"
    >
      {!hasEnded(probe) ? (
        <LoaderCircle size={16} aria-hidden className="shrink-0 animate-spin text-accent" />
      ) : (
        <ToneIcon tone={probe.verdict === null ? "info" : toneOf(probe.verdict)} size={16} />
      )}
      <span className="line-clamp-2 min-w-0 break-words">
        {hasEnded(probe) ? (probe.verdict?.title ?? probe.error ?? "No result") : "Being probed …"}
      </span>
    </Link>
  );
}
