import { OUTCOME_WORDS, STAGE_NAMES, STAGES, type StageResult } from "@mxray/contracts";
import { LoaderCircle, Minus } from "lucide-react";
import type { HostView } from "../../api/host-view.ts";
import { formatMs } from "../../format/numbers.ts";
import { STAGE_TONES } from "../../format/words.ts";
import { Card } from "../../ui/card.tsx";
import { TONE_TEXT } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** The stages in their order: what was done, how it went, how long it took. */
export function StagePanel({ host }: { host: HostView }) {
  const results = new Map(host.stages.map((result) => [result.stage, result]));
  return (
    <Card title="Stages">
      <ol className="space-y-0.5">
        {STAGES.map((stage) => {
          const result = results.get(stage);
          if (host.running === stage) return <Row key={stage} icon={<Spinner />} name={STAGE_NAMES[stage]} word="…" tone="text-accent" />;
          if (result === undefined) {
            const word = host.observation === null ? "" : "–";
            return (
              <Row
                key={stage}
                icon={<Minus size={18} aria-hidden className="text-faint" />}
                name={STAGE_NAMES[stage]}
                word={word}
                tone="text-faint"
              />
            );
          }
          if (result.cause === "not-wanted") return null;
          // The ladder has that sentence below its picture.
          const isTold = host.rungs.length > 0 && result.reason === host.outbound?.reason;
          return <Done key={stage} result={isTold ? { ...result, reason: null } : result} />;
        })}
      </ol>
    </Card>
  );
}

function Done({ result: { stage, outcome, ms, reason, cause } }: { result: StageResult }) {
  const tone = STAGE_TONES[outcome];
  const idle = outcome === "skipped" || outcome === "not-tested";
  return (
    <Row
      icon={idle ? <Minus size={18} aria-hidden className="text-faint" /> : <ToneIcon tone={tone} />}
      name={STAGE_NAMES[stage]}
      word={outcome === "ok" ? formatMs(ms) : OUTCOME_WORDS[outcome]}
      tone={outcome === "ok" || idle ? "text-soft" : TONE_TEXT[tone]}
      reason={cause === "needs" ? null : reason}
      ok={outcome === "ok"}
    />
  );
}

function Row({ icon, name, word, tone, reason = null, ok = false }: RowProps) {
  return (
    <li className="grid grid-cols-[18px_1fr_auto] items-start gap-x-2.5 py-1">
      <span className="pt-0.5">{icon}</span>
      <span>
        {name}
        {ok && <span className="sr-only">, ok</span>}
      </span>
      <span className={`text-sm tabular-nums ${tone}`}>{word}</span>
      {reason !== null && <p className="col-span-2 col-start-2 text-[13px] leading-snug break-words text-soft">{reason}</p>}
    </li>
  );
}

interface RowProps {
  readonly icon: React.ReactNode;
  readonly name: string;
  readonly word: string;
  readonly tone: string;
  readonly reason?: string | null;
  readonly ok?: boolean;
}

function Spinner() {
  return <LoaderCircle size={18} aria-hidden className="animate-spin text-accent" />;
}
