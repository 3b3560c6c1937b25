import {
  type ComparedHost,
  FATE_WORDS,
  formatEndpoint,
  type HostComparison,
  OUTCOME_WORDS,
  PATH_VERDICT_WORDS,
  type ProbeComparison,
  STAGE_NAMES,
  STAGES,
  type Stage,
} from "@mxray/contracts";
import { ArrowRight, Minus } from "lucide-react";
import type { ReactNode } from "react";
import { CONFIDENCE_WORDS, FATE_TONES, STAGE_TONES, toneOf } from "../../format/words.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { Time } from "../../ui/time.tsx";
import { TONE_TEXT } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";
import { ComparedRow } from "./compared-row.tsx";
import { SizeScales } from "./size-scales.tsx";

/** An earlier probe and the one that checks its fix: what became of the findings, what is otherwise, and both side by side. */
export function ComparisonPanel({
  comparison,
  address,
  port,
}: {
  comparison: ProbeComparison;
  address: string | null;
  port: number | null;
}) {
  const { before, after, findings, hosts } = comparison;
  const shown = hosts.find((host) => host.address === address && host.port === port) ?? hosts[0];
  const changed = hosts.filter(({ changes }) => changes.length > 0);
  return (
    <Card
      title="Before and after"
      aside={
        <>
          before: <Time at={before.startedAt} show="zoned" /> · now: <Time at={after.startedAt} show="zoned" />
        </>
      }
    >
      <div data-testid="comparison" className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
        <div className="space-y-4">
          <ul className="space-y-3">
            {findings.map(({ code, subject, title, fate, reason }) => (
              <li key={`${code} ${subject.address} ${subject.port}`} className="flex items-start gap-2.5">
                <span className="pt-0.5">
                  <ToneIcon tone={FATE_TONES[fate]} size={20} />
                </span>
                <span className="min-w-0">
                  <Badge tone={FATE_TONES[fate]}>{FATE_WORDS[fate]}</Badge>
                  {subject.address !== null && (
                    <span className="ml-2 font-mono text-xs text-soft">{formatEndpoint(subject.address, subject.port ?? undefined)}</span>
                  )}
                  <span className="mt-0.5 block font-semibold break-words">{title}</span>
                  {fate === "fixed" && (
                    <span className="block text-sm text-soft">
                      Gone; proven by this probe on <Time at={after.startedAt} show="zoned" />.
                    </span>
                  )}
                  {reason !== null && <span className="block text-sm break-words text-soft">{reason}</span>}
                </span>
              </li>
            ))}
          </ul>
          {findings.length === 0 && <p className="text-soft">There was nothing to fix before, and there is nothing now.</p>}
          {shown !== undefined && <SizeScales before={shown.before} after={shown.after} />}
          <div>
            <h3 className="mb-1 text-sm font-semibold text-soft">What has changed</h3>
            {changed.length === 0 && <p>Nothing has changed.</p>}
            {changed.map((host) => (
              <Changes key={`${host.address} ${host.port}`} host={host} named={hosts.length > 1} />
            ))}
          </div>
        </div>
        {shown !== undefined && <SideBySide host={shown} />}
      </div>
    </Card>
  );
}

function Changes({ host: { name, address, changes }, named }: { host: HostComparison; named: boolean }) {
  return (
    <>
      {named && (
        <p className="mt-2 text-sm text-soft wrap-anywhere">
          {name} <span className="font-mono">{address}</span>
        </p>
      )}
      <ul className="space-y-1">
        {changes.map((change) => (
          <li key={change} className="flex gap-2 break-words">
            <ArrowRight size={15} aria-hidden className="mt-1 shrink-0 text-faint" />
            {change}
          </li>
        ))}
      </ul>
    </>
  );
}

function SideBySide({ host: { name, address, before, after } }: { host: HostComparison }) {
  const stages = STAGES.filter((stage) => [before, after].some((side) => side?.stages.some((result) => result.stage === stage)));
  return (
    <table className="w-full table-fixed self-start text-left text-sm">
      <caption className="pb-1 text-left text-soft wrap-anywhere">
        {name} <span className="font-mono">{address}</span>
      </caption>
      <thead className="text-soft">
        <tr className="border-b border-line">
          <td className="w-28 py-1.5" />
          <th scope="col" className="py-1.5 pr-3 font-medium">
            Before
          </th>
          <th scope="col" className="py-1.5 font-medium">
            Now
          </th>
        </tr>
      </thead>
      <tbody>
        <Row name="Verdict" sides={[before, after]} cell={verdictCell} />
        <Row name="Outbound" sides={[before, after]} cell={({ outbound }) => pathCell(outbound)} />
        <Row name="Inbound" sides={[before, after]} cell={({ inbound }) => pathCell(inbound)} />
        {stages.map((stage) => (
          <Row key={stage} name={STAGE_NAMES[stage]} sides={[before, after]} cell={(side) => stageCell(side, stage)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ name, sides, cell }: { name: string; sides: readonly (ComparedHost | null)[]; cell: (side: ComparedHost) => ReactNode }) {
  return <ComparedRow name={name} cells={sides.map((side) => (side === null ? null : cell(side)))} nothing="not there" />;
}

function verdictCell({ verdict }: ComparedHost): ReactNode {
  if (verdict === null) return <Marked icon={<Minus size={15} aria-hidden className="mt-0.5 shrink-0 text-faint" />}>nothing found</Marked>;
  return <Marked icon={<ToneIcon tone={toneOf(verdict)} size={15} />}>{verdict.code}</Marked>;
}

function pathCell({ verdict, mtu, confidence }: ComparedHost["outbound"]): ReactNode {
  const words = [PATH_VERDICT_WORDS[verdict], ...(mtu === null ? [] : [`${mtu} bytes`])].join(", ");
  const bad = verdict === "black-hole" || verdict === "cliff";
  return (
    <>
      <span className={bad ? "font-semibold text-bad" : ""}>{words}</span>
      {confidence !== null && <span className="block text-xs text-soft">{CONFIDENCE_WORDS[confidence]}</span>}
    </>
  );
}

function stageCell({ stages }: ComparedHost, stage: Stage): ReactNode {
  const result = stages.find((one) => one.stage === stage);
  if (result === undefined) return null;
  const { outcome } = result;
  const idle = outcome === "skipped" || outcome === "not-tested";
  const icon = idle ? (
    <Minus size={15} aria-hidden className="mt-0.5 shrink-0 text-faint" />
  ) : (
    <ToneIcon tone={STAGE_TONES[outcome]} size={15} />
  );
  return (
    <Marked icon={icon}>
      <span className={outcome === "ok" || idle ? "text-soft" : TONE_TEXT[STAGE_TONES[outcome]]}>{OUTCOME_WORDS[outcome]}</span>
    </Marked>
  );
}

function Marked({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <span className="flex items-start gap-1.5 [&>svg]:mt-0.5">
      {icon}
      <span className="min-w-0 wrap-anywhere">{children}</span>
    </span>
  );
}
