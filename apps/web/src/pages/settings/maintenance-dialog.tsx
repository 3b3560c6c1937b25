import type { Maintenance } from "@mxray/contracts";
import { type FormEvent, useState } from "react";
import { useSetMaintenance } from "../../api/use-maintenance.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { Select } from "../../ui/select.tsx";
import { FormField } from "./form-field.tsx";

const KINDS = [
  ["once", "Once"],
  ["cron", "Repeatedly (cron)"],
] as const;

interface Draft {
  readonly name: string;
  readonly targets: string;
  readonly tags: string;
  readonly kind: "once" | "cron";
  /** Local time, as `datetime-local` has it. */
  readonly begins: string;
  readonly cron: string;
  readonly minutes: string;
}

function draftOf(window: Maintenance | null): Draft {
  return {
    name: window?.name ?? "",
    targets: window?.targets.join(", ") ?? "",
    tags: window?.tags.join(", ") ?? "",
    kind: window?.cron == null ? "once" : "cron",
    begins: window?.beginsAt == null ? "" : localText(new Date(window.beginsAt)),
    cron: window?.cron ?? "",
    minutes: String(window?.minutes ?? 60),
  };
}

function windowOf({ name, targets, tags, kind, begins, cron, minutes }: Draft, timezone: string): Maintenance {
  return {
    ...{ name: name.trim(), targets: listOf(targets), tags: listOf(tags), timezone, minutes: Number(minutes) },
    beginsAt: kind === "once" ? new Date(begins).toISOString() : null,
    cron: kind === "cron" ? cron.trim() : null,
  };
}

/** Makes a window, or changes one; its name stays. */
export function MaintenanceDialog({ window, onClose }: { window: Maintenance | null; onClose: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(window));
  const save = useSetMaintenance();
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const timezone = window?.cron == null ? here : window.timezone;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(windowOf(draft, timezone), { onSuccess: onClose });
  };
  return (
    <Dialog
      title={window === null ? "Add a maintenance window" : `Change ${window.name}`}
      description="Targets as in the list of watched destinations, or tags of monitors."
      onClose={onClose}
    >
      <form onSubmit={submit} className="mt-4 space-y-4">
        <div className="flex flex-wrap items-end gap-3">
          <FormField
            label="Name"
            value={draft.name}
            disabled={window !== null}
            onChange={({ target }) => set({ name: target.value })}
            required
            maxLength={64}
          />
          <div className="min-w-0 flex-1 basis-44">
            <p className="mb-1 text-sm font-semibold" aria-hidden>
              Begins
            </p>
            <Select label="Begins" value={draft.kind} options={KINDS} change={(kind) => set({ kind: kind ?? draft.kind })} />
          </div>
        </div>
        <FormField
          label="Targets, separated by commas"
          value={draft.targets}
          placeholder="example.com, mx1.example.net:25"
          onChange={({ target }) => set({ targets: target.value })}
        />
        <FormField label="Tags, separated by commas" value={draft.tags} onChange={({ target }) => set({ tags: target.value })} />
        <div className="flex flex-wrap items-end gap-3">
          {draft.kind === "once" ? (
            <FormField
              label="Beginning"
              type="datetime-local"
              value={draft.begins}
              onChange={({ target }) => set({ begins: target.value })}
              required
            />
          ) : (
            <FormField
              label={`Cron expression (${timezone})`}
              value={draft.cron}
              placeholder="0 2 * * 2"
              onChange={({ target }) => set({ cron: target.value })}
              required
            />
          )}
          <FormField
            label="Minutes"
            type="number"
            min={1}
            max={44_640}
            value={draft.minutes}
            onChange={({ target }) => set({ minutes: target.value })}
            required
          />
        </div>
        {save.error !== null && <Message tone="bad">{save.error.message}</Message>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={save.isPending}>
            {window === null ? "Add window" : "Save"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function listOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ""))];
}

function localText(time: Date): string {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
