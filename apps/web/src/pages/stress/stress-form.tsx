import type { StressTargetInfo } from "@mxray/contracts";
import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useState } from "react";
import { useBeginStress } from "../../api/use-stress.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Message } from "../../ui/message.tsx";
import { Select } from "../../ui/select.tsx";
import { FormField } from "../settings/form-field.tsx";
import { type LoadDraft, NEW_LOAD, requestOf, SHAPES, type Shape } from "./load-draft.ts";

const TURNS: Readonly<Partial<Record<Shape, string>>> = { ramp: "Raise for, seconds", steps: "Steps", spike: "Times the rate" };

/** The load, and the host's name typed as a confirmation. Which hosts there are is in a file on the server. */
export function StressForm({ targets }: { targets: readonly StressTargetInfo[] }) {
  const navigate = useNavigate();
  const begin = useBeginStress();
  const [draft, setDraft] = useState<LoadDraft>({ ...NEW_LOAD, target: targets[0]?.target ?? "" });
  const change = (part: Partial<LoadDraft>) => setDraft((before) => ({ ...before, ...part }));
  // Not by `mutate`, which forgets what follows once the list of runs has taken the place of this form.
  const start = async () => {
    const begun = await begin.mutateAsync(requestOf(draft)).catch(() => null);
    if (begun !== null) await navigate({ to: "/stress/$id", params: { id: begun.id } });
  };
  const chosen = targets.find(({ target }) => target === draft.target);
  const text = (name: keyof LoadDraft & ("sessions" | "perSession" | "amount" | "rate" | "turn" | "size" | "sizeMost")) => ({
    value: draft[name],
    onChange: ({ target }: { target: { value: string } }) => change({ [name]: target.value }),
    inputMode: "numeric" as const,
    type: "number",
    min: 1,
    step: name === "rate" ? "any" : 1,
    required: name !== "sizeMost",
  });
  return (
    <Card title="Test a host">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <div className="flex flex-wrap gap-4">
          <div className="min-w-0 flex-1 basis-60">
            <p className="mb-1 text-sm font-semibold">Host</p>
            <Select
              label="Host"
              value={draft.target}
              options={targets.map(({ target }) => [target, target] as const)}
              change={(target) => change({ target: target ?? "", confirm: "" })}
            />
          </div>
          <FormField
            label={`Recipient, in ${chosen?.recipientDomains.join(" or ") ?? "the listed domain"}`}
            value={draft.recipient}
            placeholder={`mxray-stress@${chosen?.recipientDomains[0] ?? ""}`}
            onChange={({ target }) => change({ recipient: target.value })}
          />
        </div>
        <div className="flex flex-wrap gap-4">
          <FormField label="Sessions at one time" {...text("sessions")} />
          <FormField label="Messages in each" {...text("perSession")} />
          <FormField label="Bytes of a message" {...text("size")} />
          <FormField label="Up to, bytes (optional)" {...text("sizeMost")} />
        </div>
        <div className="flex flex-wrap gap-4">
          <div className="min-w-0 flex-1 basis-44">
            <p className="mb-1 text-sm font-semibold">Rate</p>
            <Select
              label="Rate"
              value={draft.shape}
              options={Object.entries(SHAPES) as [Shape, string][]}
              change={(shape) => change({ shape: shape ?? "free", turn: shape === "spike" ? "3" : shape === "steps" ? "5" : "20" })}
            />
          </div>
          {draft.shape !== "free" && <FormField label="Messages per second" {...text("rate")} />}
          {TURNS[draft.shape] !== undefined && <FormField label={TURNS[draft.shape] ?? ""} {...text("turn")} />}
          <div className="min-w-0 flex-1 basis-44">
            <p className="mb-1 text-sm font-semibold">Ends after</p>
            <Select
              label="Ends after"
              value={draft.until}
              options={[
                ["seconds", "seconds"],
                ["messages", "messages"],
              ]}
              change={(until) => change({ until: until ?? "seconds", amount: until === "messages" ? "1000" : "30" })}
            />
          </div>
          <FormField label={draft.until === "seconds" ? "Seconds" : "Messages"} {...text("amount")} />
        </div>
        <fieldset className="flex flex-wrap gap-x-6 gap-y-2">
          <legend className="sr-only">Protocol</legend>
          <Tick label="STARTTLS" checked={draft.starttls} change={(starttls) => change({ starttls })} />
          <Tick label="LMTP" checked={draft.lmtp} change={(lmtp) => change({ lmtp })} />
          <Tick label="Pipelining" checked={draft.pipelining} change={(pipelining) => change({ pipelining })} />
        </fieldset>
        <div className="rounded-lg bg-warn-soft px-4 py-3">
          <p className="mb-2">
            A load can take a mail host down. Its operator sees in HELO and in each message that you run it.
            {chosen?.credentials === true && " It signs in with the credentials of the targets file."}
          </p>
          <div className="flex flex-wrap items-end gap-3">
            <FormField
              label={`Type ${chosen?.host ?? "the host"} to confirm`}
              value={draft.confirm}
              onChange={({ target }) => change({ confirm: target.value })}
              autoComplete="off"
              spellCheck={false}
              required
            />
            <Button type="submit" look="primary" disabled={begin.isPending || draft.confirm.trim().toLowerCase() !== chosen?.host}>
              <Play size={15} aria-hidden /> Start the load
            </Button>
          </div>
        </div>
        {begin.error !== null && <Message tone="bad">{begin.error.message}</Message>}
      </form>
    </Card>
  );
}

function Tick({ label, checked, change }: { label: string; checked: boolean; change: (checked: boolean) => void }) {
  return (
    <label className="flex items-center gap-2">
      <input type="checkbox" checked={checked} onChange={({ target }) => change(target.checked)} className="size-4 accent-(--accent)" />
      {label}
    </label>
  );
}
