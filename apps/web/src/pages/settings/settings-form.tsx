import type { Setting, SettingName, SettingProblem, SettingsChange } from "@mxray/contracts";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import { useSettingsChange } from "../../api/use-settings.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import type { Drafts } from "./drafts.ts";
import { SettingField } from "./setting-field.tsx";
import { dangersOf } from "./setting-words.ts";

export interface SettingsFormProps {
  readonly settings: readonly Setting[];
  readonly drafts: Drafts;
}

/** Settings that are saved together. What was typed stays until it is saved or undone, whatever the server says meanwhile. */
export function SettingsForm({
  title,
  names,
  settings,
  drafts,
  children,
}: SettingsFormProps & { title: string; names: readonly SettingName[]; children?: ReactNode }) {
  const form = useRef<HTMLFormElement>(null);
  const [asked, ask] = useState<readonly string[]>([]);
  const save = useSettingsChange();
  const mine = settings.filter(({ name }) => names.includes(name));
  const changed = mine.filter((setting) => drafts.isChanged(setting));
  const problems = problemsOf(save.error);

  const send = () =>
    save.mutate(Object.fromEntries(changed.map((setting) => [setting.name, drafts.textOf(setting)])) as SettingsChange, {
      onSuccess: () => drafts.forget(changed.map(({ name }) => name)),
      onError: (error) => {
        const [first] = problemsOf(error);
        form.current?.querySelector<HTMLElement>(`#setting-${first?.name}`)?.focus();
      },
      onSettled: () => ask([]),
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const dangers = changed.flatMap((setting) => dangersOf(setting.name, setting.value, drafts.textOf(setting)));
    if (dangers.length === 0) send();
    else ask(dangers);
  };

  return (
    <Card title={title}>
      {children}
      <form ref={form} onSubmit={submit} className="space-y-6" noValidate>
        {mine.map((setting) => (
          <SettingField
            key={setting.name}
            setting={setting}
            text={drafts.textOf(setting)}
            problem={drafts.isChanged(setting) ? problems.find(({ name }) => name === setting.name)?.message : undefined}
            edit={(text) => {
              if (save.isSuccess) save.reset();
              drafts.edit(setting.name, text);
            }}
          />
        ))}
        {save.isError && problems.length === 0 && <Message tone="bad">{save.error.message}</Message>}
        {mine.some(({ editable }) => editable) && (
          <SaveBar
            changes={changed.length}
            save={save}
            undo={() => {
              save.reset();
              drafts.forget(changed.map(({ name }) => name));
            }}
          />
        )}
      </form>
      {asked.length > 0 && (
        <ConfirmDialog title={`Change “${title}”?`} action="Save it" busy={save.isPending} onClose={() => ask([])} onConfirm={send}>
          {asked.map((danger) => (
            <p key={danger}>{danger}</p>
          ))}
        </ConfirmDialog>
      )}
    </Card>
  );
}

type Save = ReturnType<typeof useSettingsChange>;

function SaveBar({ changes, save, undo }: { changes: number; save: Save; undo: () => void }) {
  const words = changes > 0 ? (save.isError ? "Nothing was saved." : "Not saved yet.") : save.isSuccess ? "Saved and in effect." : "";
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line pt-4">
      <Button type="submit" look="primary" disabled={changes === 0 || save.isPending}>
        Save
      </Button>
      {changes > 0 && (
        <Button look="quiet" onClick={undo}>
          Undo
        </Button>
      )}
      <span role="status" className="text-sm text-soft">
        {words}
      </span>
    </div>
  );
}

function problemsOf(error: Error | null): readonly SettingProblem[] {
  return error instanceof ApiProblem && error.code === "invalid-setting" ? (error.details as SettingProblem[]) : [];
}
