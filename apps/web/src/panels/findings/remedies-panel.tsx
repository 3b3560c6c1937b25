import { type Audience, type Platform, type Remedy, type RemedyForms, type RemedyKind, remedyForms } from "@mxray/contracts";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { AUDIENCE_NAMES, platformName } from "../../format/words.ts";
import { Card } from "../../ui/card.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";
import { RemedyForm, RemedyKindMark, RemedyText } from "./remedy-text.tsx";

const WHO: Record<Audience, string> = {
  sender: "The sender can do this now, without involving anyone else.",
  network: "The operator of the routers and firewalls on the path can fix it for every sender.",
  receiver: "The mail host's operator can do this.",
};

/** The workaround first, then who can fix it. */
const ORDER = ["sender", "network", "receiver"] as const;

interface RemediesProps {
  readonly remedies: readonly Remedy[];
  /** Whose remedies are open, if there are any. */
  readonly first: Audience;
  /** The system that each is known to run; open if it has a remedy. */
  readonly systems?: Partial<Record<Audience, Platform>>;
}

/** What to type, by who types it and where. */
export function RemediesPanel(props: RemediesProps) {
  if (props.remedies.length === 0) return null;
  return (
    <Card title="What to do">
      <RemedyTabs {...props} />
    </Card>
  );
}

export function RemedyTabs({ remedies, first, systems = {} }: RemediesProps) {
  const order = [first, ...ORDER.filter((audience) => audience !== first)];
  const present = order.filter((audience) => remedies.some((remedy) => remedy.audience === audience));
  if (present[0] === undefined) return null;
  return (
    <Tabs.Root defaultValue={present[0]}>
      <Tabs.List className="mb-4 flex gap-1 overflow-x-auto border-b border-line" aria-label="Who does it">
        {present.map((audience) => (
          <Tabs.Trigger
            key={audience}
            value={audience}
            className="-mb-px border-b-2 border-transparent px-3 py-2 font-semibold whitespace-nowrap text-soft hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {AUDIENCE_NAMES[audience]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {present.map((audience) => (
        <Tabs.Content key={audience} value={audience}>
          <p className="mb-3 text-soft">{WHO[audience]}</p>
          <Choice remedies={remedies.filter((remedy) => remedy.audience === audience)} known={systems[audience]} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

/** One platform at a time: nobody has all of them. The first remedy is open, the others are folded. */
function Choice({ remedies, known }: { remedies: readonly Remedy[]; known: Platform | undefined }) {
  const all = [...new Set(remedies.map(({ platform }) => platform))];
  const platforms = known !== undefined && all.includes(known) ? [known, ...all.filter((one) => one !== known)] : all;
  const [platform, choose] = useState(platforms[0] ?? "any");
  const [recommended, ...others] = remedyForms(remedies.filter((remedy) => remedy.platform === platform));
  return (
    <div className="grid gap-5 lg:grid-cols-[13rem_1fr]">
      <div>
        <label className="block lg:hidden">
          <span className="mb-1 block text-sm font-semibold text-soft">System</span>
          <select
            value={platform}
            onChange={({ target }) => choose(target.value)}
            className="w-full rounded-lg border border-line bg-card px-3 py-2"
          >
            {platforms.map((one) => (
              <option key={one} value={one}>
                {platformName(one)}
              </option>
            ))}
          </select>
        </label>
        <ul className="hidden space-y-0.5 lg:block" aria-label="System">
          {platforms.map((one) => (
            <li key={one}>
              <button
                type="button"
                aria-pressed={one === platform}
                onClick={() => choose(one)}
                className={`w-full rounded-lg px-3 py-1.5 text-left text-sm ${one === platform ? "bg-accent-soft font-semibold text-accent" : "text-soft hover:bg-raised hover:text-ink"}`}
              >
                {platformName(one)}
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div className="min-w-0 space-y-3">
        {recommended !== undefined && (
          <article className="space-y-3">
            <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <h3 className="font-semibold">
                {others.length > 0 && <span className="text-accent">Do this first: </span>}
                {recommended.title}
              </h3>
              <RemedyKindMark kind={kindOf(recommended)} />
            </header>
            <RemedyForm key={recommended.title} forms={recommended.forms}>
              {(remedy) => <RemedyText remedy={remedy} />}
            </RemedyForm>
          </article>
        )}
        {others.map((remedy) => (
          <Disclosure key={remedy.title} title={remedy.title} aside={kindOf(remedy) === "fix" ? "real fix" : "workaround"}>
            <div className="space-y-3">
              <RemedyForm forms={remedy.forms}>{(form) => <RemedyText remedy={form} />}</RemedyForm>
            </div>
          </Disclosure>
        ))}
      </div>
    </div>
  );
}

function kindOf({ forms }: RemedyForms): RemedyKind {
  return forms[0]?.remedy.kind ?? "workaround";
}
