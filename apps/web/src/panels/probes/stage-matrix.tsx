import {
  type Finding,
  formatEndpoint,
  isAbout,
  OUTCOME_WORDS,
  STAGE_NAMES,
  STAGES,
  type Stage,
  type StageResult,
  severityRank,
} from "@mxray/contracts";
import { LoaderCircle, Minus } from "lucide-react";
import type { HostView } from "../../api/host-view.ts";
import { formatMs } from "../../format/numbers.ts";
import { STAGE_TONES, toneOf } from "../../format/words.ts";
import { Card } from "../../ui/card.tsx";
import { TONE_TEXT } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** Mail hosts by stages: which of them hangs, and where, at one look; a row chooses the host that is shown below. */
export function StageMatrix({ hosts, findings, chosen, choose }: StageMatrixProps) {
  const stages = STAGES.filter((stage) => stage !== "end-of-data" || hosts.some((host) => resultOf(host, stage) !== null));
  return (
    <Card title="Mail hosts" aside={<span className="no-print">select one to see its path and stages</span>}>
      <table className="w-full text-left text-sm" data-testid="stage-matrix">
        <caption className="sr-only">Outcome of each stage, by mail host</caption>
        <thead className="text-xs text-soft">
          <tr className="border-b border-line align-bottom">
            <th scope="col" className="py-1.5 pr-2 font-medium">
              Host
            </th>
            {stages.map((stage) => (
              <th key={stage} scope="col" className="px-0.5 py-1.5 font-medium lg:px-1.5">
                <span className="max-lg:inline-block max-lg:rotate-180 max-lg:[writing-mode:vertical-rl]">{STAGE_NAMES[stage]}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hosts.map((host, index) => (
            <tr
              key={`${host.name} ${host.address} ${host.port}`}
              onClick={() => choose(index)}
              className={`cursor-pointer border-b border-line align-top last:border-0 ${index === chosen ? "bg-accent-soft" : "hover:bg-raised"}`}
            >
              <th scope="row" className="py-2 pr-2 pl-1 font-normal">
                <HostButton host={host} findings={findings} pressed={index === chosen} />
              </th>
              {stages.map((stage) => (
                <Cell key={stage} stage={stage} result={resultOf(host, stage)} running={host.running === stage} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

interface StageMatrixProps {
  readonly hosts: readonly HostView[];
  readonly findings: readonly Finding[];
  readonly chosen: number;
  readonly choose: (index: number) => void;
}

function resultOf({ stages }: HostView, stage: Stage): StageResult | null {
  return stages.find((result) => result.stage === stage && result.cause !== "not-wanted") ?? null;
}

/** Clicks go up to the row. */
function HostButton({ host, findings, pressed }: { host: HostView; findings: readonly Finding[]; pressed: boolean }) {
  const { name, address, port, family, preference } = host;
  const broken = host.stages.find(({ outcome }) => outcome === "failed" || outcome === "stalled" || outcome === "refused");
  return (
    <button type="button" aria-pressed={pressed} className="flex w-full items-start gap-2 rounded-md text-left">
      <span className="pt-0.5">
        <HostMark host={host} findings={findings} />
      </span>
      <span className="min-w-0">
        <span className="block font-semibold wrap-anywhere">{name ?? formatEndpoint(address, port)}</span>
        <span className="block text-xs text-soft wrap-anywhere">
          {preference !== null && `MX ${preference} · `}IPv{family}
          {name !== null && <span className="font-mono"> {formatEndpoint(address, port)}</span>}
        </span>
        {/* The list of stages has the reason of the host that is looked at. */}
        {!pressed && broken?.reason != null && (
          <span className="mt-0.5 line-clamp-2 text-xs text-soft max-lg:hidden">
            {STAGE_NAMES[broken.stage]}: {broken.reason}
          </span>
        )}
      </span>
    </button>
  );
}

function HostMark({ host, findings }: { host: HostView; findings: readonly Finding[] }) {
  if (host.observation === null) return <Spinner />;
  const [worst] = findings
    .filter((finding) => isAbout(finding, host))
    .toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  if (worst !== undefined) return <ToneIcon tone={toneOf(worst)} size={16} />;
  const bad = host.stages.some(({ outcome }) => outcome === "failed" || outcome === "stalled" || outcome === "refused");
  return <ToneIcon tone={bad ? "warn" : "ok"} size={16} />;
}

/** Shape, colour and word; on small screens the word is for screen readers. */
function Cell({ stage, result, running }: { stage: Stage; result: StageResult | null; running: boolean }) {
  if (running) {
    return (
      <td className="px-0.5 py-2 lg:px-1.5">
        <Spinner />
        <span className="sr-only">runs now</span>
      </td>
    );
  }
  if (result === null) return <td className="px-0.5 py-2 text-faint lg:px-1.5" />;
  const { outcome, ms, reason } = result;
  const idle = outcome === "skipped" || outcome === "not-tested";
  const tone = STAGE_TONES[outcome];
  const word = OUTCOME_WORDS[outcome];
  return (
    <td className="px-0.5 py-2 lg:px-1.5" title={`${STAGE_NAMES[stage]}: ${reason ?? word}`}>
      <span className={`flex items-start gap-1 text-xs ${idle ? "text-faint" : TONE_TEXT[tone]}`}>
        {idle ? <Minus size={15} aria-hidden className="shrink-0" /> : <ToneIcon tone={tone} size={15} />}
        <span className="max-lg:sr-only">
          {word}
          {!idle && <span className="block whitespace-nowrap text-soft">{formatMs(ms)}</span>}
        </span>
      </span>
    </td>
  );
}

function Spinner() {
  return <LoaderCircle size={16} aria-hidden className="animate-spin text-accent" />;
}
