import type { Remedy, RemedyForms, RemedyKind } from "@mxray/contracts";
import { ExternalLink, Hammer, Wrench } from "lucide-react";
import { type ReactNode, useState } from "react";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Segments } from "../../ui/segments.tsx";

/** Whether it fixes the cause or lets mail pass in spite of it. */
export function RemedyKindMark({ kind }: { kind: RemedyKind }) {
  const fix = kind === "fix";
  const Icon = fix ? Wrench : Hammer;
  return (
    <span className={`inline-flex items-center gap-1 text-xs font-semibold whitespace-nowrap ${fix ? "text-ok" : "text-info"}`}>
      <Icon size={13} aria-hidden /> {fix ? "real fix" : "workaround"}
    </span>
  );
}

/** A remedy for one address at a time, where what is typed differs. */
export function RemedyForm({ forms, children }: Pick<RemedyForms, "forms"> & { children: (remedy: Remedy) => ReactNode }) {
  const addresses = forms.flatMap(({ address }) => address ?? []);
  const [chosen, choose] = useState(addresses[0] ?? null);
  const shown = forms.find(({ address }) => address === chosen) ?? forms[0];
  if (shown === undefined) return null;
  const names = Object.fromEntries(addresses.map((address) => [address, address]));
  return (
    <>
      {addresses.length > 1 && <Segments options={addresses} names={names} chosen={chosen} choose={choose} />}
      {children(shown.remedy)}
    </>
  );
}

/** One remedy below its title: what to type, what else it changes, how to see that it worked and how to undo it. */
export function RemedyText({ remedy }: { remedy: Remedy }) {
  return (
    <>
      <CodeBlock title="Run" text={remedy.steps} />
      <RemedyConsequences remedy={remedy} />
    </>
  );
}

/** What stands below the text to type. */
export function RemedyConsequences({ remedy }: { remedy: Remedy }) {
  return (
    <>
      {remedy.sideEffects !== "" && (
        <p className="text-sm text-soft">
          <span className="font-semibold text-ink">Side effects: </span>
          <Prose text={remedy.sideEffects} />
        </p>
      )}
      <div className="grid gap-3 xl:grid-cols-2">
        {remedy.check !== "" && <CodeBlock title="Verify" text={remedy.check} />}
        {remedy.undo !== "" && <CodeBlock title="Undo" text={remedy.undo} />}
      </div>
      {/^https:\/\//.test(remedy.reference) && (
        <a
          href={remedy.reference}
          target="_blank"
          rel="noreferrer noopener"
          className="inline-flex items-center gap-1 text-sm text-accent underline-offset-2 hover:underline"
        >
          Documentation <ExternalLink size={13} aria-hidden />
        </a>
      )}
    </>
  );
}

/** What stands between backticks is typed, not said. */
function Prose({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
      <code key={index} className="font-mono text-[13px] text-ink">
        {part}
      </code>
    ),
  );
}
