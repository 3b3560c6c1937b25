import { type Finding, formatEndpoint, severityRank } from "@mxray/contracts";
import { LoaderCircle } from "lucide-react";
import type { HostView } from "../api/host-view.ts";
import { toneOf } from "../format/words.ts";
import { ToneIcon } from "../ui/tone-icon.tsx";

/** The mail hosts of a target, to choose whose path and stages are shown. */
export function HostTabs({ hosts, findings, chosen, choose }: HostTabsProps) {
  return (
    <ul className="no-print flex gap-2 overflow-x-auto pb-1" aria-label="Mail hosts">
      {hosts.map((host, index) => (
        <li key={`${host.name} ${host.address} ${host.port}`} className="shrink-0">
          <button
            type="button"
            aria-pressed={index === chosen}
            onClick={() => choose(index)}
            className={`flex items-center gap-2 rounded-lg border px-3 py-1.5 text-left ${index === chosen ? "border-accent bg-card" : "border-line bg-transparent hover:bg-card"}`}
          >
            <HostMark host={host} findings={findings} />
            <span>
              {host.name !== null && <span className="block text-sm font-semibold">{host.name}</span>}
              <span className="block font-mono text-xs text-soft">{formatEndpoint(host.address, host.port)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface HostTabsProps {
  readonly hosts: readonly HostView[];
  readonly findings: readonly Finding[];
  readonly chosen: number;
  readonly choose: (index: number) => void;
}

function HostMark({ host, findings }: { host: HostView; findings: readonly Finding[] }) {
  if (host.observation === null) {
    return <LoaderCircle size={17} aria-hidden className="animate-spin text-accent motion-reduce:animate-none" />;
  }
  const [worst] = findings
    .filter(({ subject }) => subject.address === host.address)
    .toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  if (worst !== undefined) return <ToneIcon tone={toneOf(worst)} size={17} />;
  const bad = host.stages.some(({ outcome }) => outcome === "failed" || outcome === "stalled" || outcome === "refused");
  return <ToneIcon tone={bad ? "warn" : "ok"} size={17} />;
}
