import {
  CHANNEL_KINDS,
  CHANNEL_TITLES,
  type ChannelKind,
  type ChannelRequest,
  type ChannelSummary,
  SECRET_URLS,
  SEVERITIES,
  type Severity,
} from "@mxray/contracts";
import { type FormEvent, useState } from "react";
import { useSaveChannel } from "../../api/use-alerts.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { Select } from "../../ui/select.tsx";
import { SECRET_WORDS, URL_EXAMPLES } from "./alert-words.ts";
import { FormField } from "./form-field.tsx";

const KINDS = CHANNEL_KINDS.map((kind) => [kind, CHANNEL_TITLES[kind]] as const);
const REMINDERS = [1, 4, 12, 24, 168].map((hours) => [String(hours), hours < 48 ? `every ${hours} h` : "every week"] as const);
const HEARD: readonly Severity[] = ["warning", "critical"];

interface Draft {
  readonly name: string;
  readonly kind: ChannelKind;
  /** Empty: as it is. */
  readonly url: string;
  readonly secret: string;
  readonly from: string;
  readonly to: string;
  readonly severities: readonly Severity[];
  readonly remindHours: string | undefined;
  readonly quietFrom: string;
  readonly quietTo: string;
}

function draftOf(channel: ChannelSummary | null): Draft {
  return {
    name: channel?.name ?? "",
    kind: channel?.kind ?? "webhook",
    url: channel === null || SECRET_URLS.includes(channel.kind) ? "" : channel.url,
    secret: "",
    from: channel?.from ?? "",
    to: channel?.to.join(", ") ?? "",
    severities: channel?.severities ?? HEARD,
    remindHours: channel?.remindHours === null || channel === null ? undefined : String(channel.remindHours),
    quietFrom: channel?.quiet?.from ?? "",
    quietTo: channel?.quiet?.to ?? "",
  };
}

function requestOf(
  { from, to, url, secret, severities, remindHours, quietFrom, quietTo, ...draft }: Draft,
  timezone: string,
): ChannelRequest {
  const recipients = to.split(/[\s,;]+/).filter((one) => one !== "");
  return {
    ...draft,
    // Left out of a change, it stays.
    ...((url === "" ? {} : { url: url.trim() }) as { url: string }),
    ...(secret === "" ? {} : { secret }),
    ...(draft.kind === "email" ? { from: from.trim(), to: recipients } : {}),
    severities: [...severities],
    remindHours: remindHours === undefined ? null : Number(remindHours),
    quiet: quietFrom === "" || quietTo === "" ? null : { from: quietFrom, to: quietTo, timezone },
  };
}

/** Makes a channel, or changes one. */
export function ChannelDialog({ channel, onClose }: { channel: ChannelSummary | null; onClose: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(channel));
  const save = useSaveChannel(channel?.id ?? null);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const { kind } = draft;
  const timezone = channel?.quiet?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(requestOf(draft, timezone), { onSuccess: onClose });
  };
  const keeps = channel === null ? "" : "leave empty to keep it";
  const secret = SECRET_WORDS[kind];
  return (
    <Dialog
      title={channel === null ? "Add a channel" : `Change ${channel.name}`}
      description="The channel receives findings that open from now on, and their fixes."
      onClose={onClose}
    >
      <form onSubmit={submit} className="mt-4 space-y-4">
        <div className="flex flex-wrap items-end gap-3">
          <FormField label="Name" value={draft.name} onChange={({ target }) => set({ name: target.value })} required maxLength={64} />
          <div className="min-w-0 flex-1 basis-44">
            <p className="mb-1 text-sm font-semibold" aria-hidden>
              Kind
            </p>
            <Select label="Kind" value={kind} options={KINDS} change={(chosen) => set({ kind: chosen ?? kind })} />
          </div>
        </div>
        <FormField
          label={kind === "email" ? "Relay" : "URL"}
          value={draft.url}
          placeholder={keeps !== "" && SECRET_URLS.includes(kind) ? keeps : URL_EXAMPLES[kind]}
          onChange={({ target }) => set({ url: target.value })}
          required={channel === null || !SECRET_URLS.includes(kind)}
          autoComplete="off"
          spellCheck={false}
        />
        {kind === "email" && (
          <div className="flex flex-wrap gap-3">
            <FormField label="Sender" type="email" value={draft.from} onChange={({ target }) => set({ from: target.value })} required />
            <FormField label="Recipients" value={draft.to} onChange={({ target }) => set({ to: target.value })} required />
          </div>
        )}
        {secret !== null && (
          <FormField
            label={secret}
            type="password"
            value={draft.secret}
            placeholder={channel?.hasSecret === true ? keeps : ""}
            onChange={({ target }) => set({ secret: target.value })}
            autoComplete="off"
          />
        )}
        {kind !== "heartbeat" && <WhatIsSent draft={draft} timezone={timezone} set={set} />}
        {save.error !== null && <Message tone="bad">{save.error.message}</Message>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={save.isPending || draft.severities.length === 0}>
            {channel === null ? "Add channel" : "Save"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function WhatIsSent({ draft, timezone, set }: { draft: Draft; timezone: string; set: (change: Partial<Draft>) => void }) {
  const { severities } = draft;
  return (
    <>
      <fieldset>
        <legend className="mb-1 text-sm font-semibold">Severities</legend>
        <div className="flex flex-wrap gap-x-5">
          {SEVERITIES.filter((severity) => severity !== "info").map((severity) => (
            <label key={severity} className="flex items-center gap-2 py-0.5 text-sm">
              <input
                type="checkbox"
                checked={severities.includes(severity)}
                onChange={({ target }) =>
                  set({ severities: target.checked ? [...severities, severity] : severities.filter((one) => one !== severity) })
                }
              />
              {severity}
            </label>
          ))}
        </div>
      </fieldset>
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-44">
          <p className="mb-1 text-sm font-semibold" aria-hidden>
            Reminders while it is open
          </p>
          <Select
            label="Reminders while it is open"
            value={draft.remindHours}
            none="none"
            options={REMINDERS}
            change={(remindHours) => set({ remindHours })}
          />
        </div>
      </div>
      <div className="flex flex-wrap items-end gap-3">
        <FormField label="Quiet from" type="time" value={draft.quietFrom} onChange={({ target }) => set({ quietFrom: target.value })} />
        <FormField label="Quiet until" type="time" value={draft.quietTo} onChange={({ target }) => set({ quietTo: target.value })} />
      </div>
      <p className="text-sm text-soft">In quiet hours ({timezone}) alerts wait. What is fixed before they end is not sent.</p>
    </>
  );
}
