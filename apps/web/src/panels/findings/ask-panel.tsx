import { type Ask, type AskStep, type Audience, askOf, type Finding, type ProbeReport, type Remedy, remedyForms } from "@mxray/contracts";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { formatUtc } from "../../format/numbers.ts";
import { platformName } from "../../format/words.ts";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Select } from "../../ui/select.tsx";
import { useAddressValue } from "../../ui/use-address-value.ts";
import { RemedyConsequences, RemedyForm, RemedyText } from "./remedy-text.tsx";

const TITLES: Record<Audience, string> = {
  network: "What we ask you to do",
  receiver: "What we ask the mail host's operator to do",
  sender: "What the sender has to do",
};
const ANY = "any";

/** For somebody who has not seen mxray before: the numbers that they need, and what they are asked to do, step by step. */
export function AskPanel({ report, finding }: { report: ProbeReport; finding: Finding }) {
  const ask = askOf(report, finding);
  const systems = systemsOf(ask);
  const [chosen, choose] = useAddressValue("platform");
  const system = systems.find((one) => one === chosen) ?? systems[0] ?? ANY;
  if (ask === null) return null;
  return (
    <Card
      title={TITLES[ask.audience]}
      aside={
        systems.length > 1 && (
          <span className="no-print flex items-center gap-2">
            <span aria-hidden>Your system</span>
            <Select label="Your system" value={system} options={systems.map((one) => [one, platformName(one)] as const)} change={choose} />
          </span>
        )
      }
    >
      <div data-testid="ask" className="grid gap-x-8 gap-y-5 lg:grid-cols-[19rem_minmax(0,1fr)] print:grid-cols-[15rem_minmax(0,1fr)]">
        <Numbers numbers={[...ask.numbers, ["Measured", formatUtc(report.startedAt)]]} />
        <ol className="min-w-0 space-y-5 print:space-y-2">
          {ask.steps.map((step, index) => (
            <li key={step.text} className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-2">
              <span
                aria-hidden
                className="mt-0.5 grid size-5.5 place-items-center rounded-full bg-accent-soft text-xs font-bold text-accent tabular-nums"
              >
                {index + 1}
              </span>
              <Step step={step} system={system} />
            </li>
          ))}
        </ol>
      </div>
      {systems.length > 1 && (
        <p className="print-only mt-3 text-sm text-soft">
          The commands are for {platformName(system)}. The linked page has them for {systems.map(platformName).join(", ")}.
        </p>
      )}
    </Card>
  );
}

function Numbers({ numbers }: { numbers: Ask["numbers"] }) {
  return (
    <dl className="grid content-start gap-x-6 gap-y-2.5 self-start rounded-lg border border-line bg-raised px-4 py-3.5 sm:max-lg:grid-cols-2 print:grid-cols-1!">
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt className="text-xs font-semibold text-soft">{name}</dt>
          <dd className="font-mono text-[13px] font-semibold wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Step({ step: { text, remedies }, system }: { step: AskStep; system: string }) {
  const [first, ...others] = remedyForms(remedies.filter(({ platform }) => platform === system || platform === ANY));
  return (
    <div className="min-w-0 space-y-3">
      <p className="max-w-[75ch] wrap-anywhere">{text}</p>
      {first !== undefined && (
        <article className="space-y-2">
          <RemedyForm key={first.title} forms={first.forms}>
            {(remedy) => (
              <>
                <CodeBlock title={first.title} text={remedy.steps} />
                <More title="Side effects, how to verify and undo">
                  <RemedyConsequences remedy={remedy} />
                </More>
              </>
            )}
          </RemedyForm>
        </article>
      )}
      {others.map((remedy) => (
        <More key={remedy.title} title={`Another way: ${remedy.title}`}>
          <RemedyForm forms={remedy.forms}>{(form) => <RemedyText remedy={form} />}</RemedyForm>
        </More>
      ))}
      {remedies.length > 0 && first === undefined && (
        <p className="no-print text-sm text-soft">There are no commands for {platformName(system)} here; choose another system.</p>
      )}
    </div>
  );
}

function More({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="no-print group/more">
      <summary className="inline-flex list-none items-center gap-1 rounded text-sm text-accent hover:underline [&::-webkit-details-marker]:hidden">
        <ChevronRight size={15} aria-hidden className="shrink-0 transition group-open/more:rotate-90" />
        {title}
      </summary>
      <div className="mt-2 space-y-3 border-l-2 border-line pl-4">{children}</div>
    </details>
  );
}

/** Each once, in the order of the playbook; what works anywhere needs no choice. */
function systemsOf(ask: Ask | null): string[] {
  const platforms = (ask?.steps ?? []).flatMap(({ remedies }) => remedies.map(({ platform }: Remedy) => platform));
  return [...new Set(platforms)].filter((platform) => platform !== ANY);
}
