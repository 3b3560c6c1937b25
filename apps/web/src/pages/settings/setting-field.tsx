import { SETTING_TITLES, type Setting } from "@mxray/contracts";
import { Lock } from "lucide-react";
import { PROBING_CHOICES, SETTING_WORDS } from "./setting-words.ts";

const BOX = "rounded-lg border bg-ground px-3 py-1.5";

/** One setting: what it is for, its value, and what is wrong with that. What the environment says can only be read. */
export function SettingField({
  setting,
  text,
  problem: refused,
  edit,
}: {
  setting: Setting;
  text: string;
  problem: string | undefined;
  edit: (text: string) => void;
}) {
  const { name, environment, editable, variable } = setting;
  // What was saved by another version may make no sense to this one.
  const problem = refused ?? (text === setting.value ? (setting.problem ?? undefined) : undefined);
  const { kind, help } = SETTING_WORDS[name];
  const id = `setting-${name}`;
  const field = {
    id,
    value: text,
    spellCheck: false,
    autoComplete: "off",
    "aria-describedby": `${id}-help${problem === undefined ? "" : ` ${id}-problem`}`,
    "aria-invalid": problem !== undefined,
    placeholder: SETTING_WORDS[name].example,
    onChange: ({ target }: { target: { value: string } }) => edit(target.value),
  };
  const border = problem === undefined ? "border-line" : "border-bad";
  if (kind === "choice") return <Choice setting={setting} text={text} edit={edit} />;
  return (
    <div>
      {editable ? (
        <label htmlFor={id} className="block font-semibold">
          {SETTING_TITLES[name]}
        </label>
      ) : (
        <p className="font-semibold">{SETTING_TITLES[name]}</p>
      )}
      <p id={`${id}-help`} className="mb-1.5 max-w-[70ch] text-sm text-soft">
        {help}
      </p>
      {environment !== null && <Given variable={variable} value={environment} locked={!editable} />}
      {editable && kind === "list" && (
        <textarea
          {...field}
          rows={Math.min(10, Math.max(3, text.split("\n").length + 1))}
          className={`${BOX} ${border} block w-full max-w-xl font-mono text-[13px]`}
        />
      )}
      {editable && kind === "line" && <input {...field} className={`${BOX} ${border} h-9 w-full max-w-xl font-mono text-[13px]`} />}
      {editable && (kind === "days" || kind === "minutes" || kind === "targets") && (
        <span className="flex items-center gap-2">
          <input {...field} inputMode="numeric" className={`${BOX} ${border} h-9 w-24 text-right tabular-nums`} /> {kind}
        </span>
      )}
      {problem !== undefined && (
        <p id={`${id}-problem`} className="mt-1.5 max-w-[70ch] text-sm text-bad wrap-anywhere">
          {problem}
        </p>
      )}
    </div>
  );
}

function Choice({ setting, text, edit }: { setting: Setting; text: string; edit: (text: string) => void }) {
  const { name, environment, editable, variable } = setting;
  const chosen = environment ?? text;
  return (
    <fieldset>
      <legend className="font-semibold">{SETTING_TITLES[name]}</legend>
      <p className="mb-2 max-w-[70ch] text-sm text-soft">{SETTING_WORDS[name].help}</p>
      {environment !== null && <Given variable={variable} value={environment} locked />}
      <div className="space-y-2.5">
        {PROBING_CHOICES.map(([value, title, words]) => (
          <label key={value} className="flex items-start gap-2.5">
            <input
              type="radio"
              name={name}
              value={value}
              checked={chosen === value}
              disabled={!editable}
              onChange={() => edit(value)}
              className="mt-1 size-4 shrink-0 accent-(--accent)"
            />
            <span>
              <span className="font-medium">{title}</span>
              <span className="block max-w-[65ch] text-sm text-soft">{words}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** What the environment says. */
function Given({ variable, value, locked }: { variable: string; value: string; locked: boolean }) {
  return (
    <div className="mb-2 max-w-xl rounded-lg border border-line bg-raised px-3 py-2 text-sm">
      <p className="flex items-start gap-2 text-soft">
        <Lock size={14} aria-hidden className="mt-1 shrink-0" />
        <span className="min-w-0 wrap-anywhere">
          {locked ? "Set by" : "Also in force, set by"} <code className="font-mono text-[13px] text-ink">{variable}</code> in the server's
          environment
        </span>
      </p>
      <p className="mt-1 pl-[22px] font-mono text-[13px] whitespace-pre-wrap wrap-anywhere">{value}</p>
    </div>
  );
}
