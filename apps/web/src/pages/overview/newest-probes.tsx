import type { ProbeSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { probeWords } from "../../format/probe-words.ts";
import { ProbeMark } from "../../panels/probes/probe-mark.tsx";
import { Card } from "../../ui/card.tsx";
import { Time } from "../../ui/time.tsx";

/** Those that somebody asked for. */
export function NewestProbes({ probes }: { probes: readonly ProbeSummary[] }) {
  return (
    <Card
      title="Newest probes"
      aside={
        <Link to="/diagnose" className="text-accent underline-offset-2 hover:underline">
          Diagnose a host
        </Link>
      }
    >
      {probes.length === 0 && <p className="text-soft">Probes that users start are listed here.</p>}
      <ul className="-mx-2">
        {probes.map((probe) => (
          <li key={probe.id}>
            <Link
              to="/diagnose/$id"
              params={{ id: probe.id }}
              className="grid grid-cols-[18px_1fr_auto] items-start gap-x-2.5 rounded-lg px-2 py-1.5 hover:bg-raised"
            >
              <span className="pt-0.5">
                <ProbeMark probe={probe} />
              </span>
              <span className="min-w-0">
                <span className="block truncate font-mono text-[13px] font-semibold">{probe.target}</span>
                <span className="line-clamp-2 text-sm text-soft wrap-anywhere">{probeWords(probe)}</span>
              </span>
              <Time at={probe.createdAt} show="ago" className="pt-0.5 text-xs text-faint" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
