import { type FindingDetail, formatEndpoint } from "@mxray/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check, EyeOff, ListChecks, RotateCcw, Search, Share2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client.ts";
import { ShareDialog } from "../../panels/links/share-dialog.tsx";
import { Button } from "../../ui/button.tsx";
import { ForRole, RoleNote } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";

/** What a person can do with a finding. */
export function FindingActions({ detail }: { detail: FindingDetail }) {
  return (
    <div className="no-print mt-4 space-y-3">
      <ForRole least="operator" otherwise={<RoleNote what="Checking, acknowledging or sharing this finding" least="operator" />}>
        <Actions detail={detail} />
      </ForRole>
    </div>
  );
}

function Actions({ detail }: { detail: FindingDetail }) {
  const { id, state, subject, probeId } = detail;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, ask] = useState<Decision | null>(null);
  const [sharing, share] = useState(false);
  const toProbe = { onSuccess: (probe: { id: string }) => navigate({ to: "/diagnose/$id", params: { id: probe.id } }) };
  const check = useMutation({ mutationFn: api.checkProbe, ...toProbe });
  const probe = useMutation({ mutationFn: api.startProbe, ...toProbe });
  const refresh = {
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: ["finding", id] }), client.invalidateQueries({ queryKey: ["findings"] })]),
  };
  const decide = useMutation({
    mutationFn: ({ decision, note }: { decision: Decision; note: string }) => api.decideFinding(id, decision, note),
    onSuccess: () => ask(null),
    ...refresh,
  });
  const reopen = useMutation({ mutationFn: () => api.reopenFinding(id), ...refresh });
  const problem = check.error ?? probe.error ?? decide.error ?? reopen.error;
  const target = subject.address === null ? subject.host : formatEndpoint(subject.address, subject.port ?? undefined);
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {probeId !== null && (
          <Button look="primary" onClick={() => check.mutate(probeId)} disabled={check.isPending}>
            <ListChecks size={16} aria-hidden /> Check the fix
          </Button>
        )}
        {probeId === null && target !== null && (
          <Button look="primary" onClick={() => probe.mutate({ target })} disabled={probe.isPending}>
            <Search size={16} aria-hidden /> Probe this host
          </Button>
        )}
        {state === "open" && (
          <Button aria-expanded={asking === "acknowledge"} onClick={() => ask(asking === "acknowledge" ? null : "acknowledge")}>
            <Check size={16} aria-hidden /> Acknowledge
          </Button>
        )}
        {(state === "open" || state === "acknowledged") && (
          <Button aria-expanded={asking === "dismiss"} onClick={() => ask(asking === "dismiss" ? null : "dismiss")}>
            <EyeOff size={16} aria-hidden /> Dismiss
          </Button>
        )}
        {state !== "open" && (
          <Button onClick={() => reopen.mutate()} disabled={reopen.isPending}>
            <RotateCcw size={16} aria-hidden /> Open again
          </Button>
        )}
        {probeId !== null && (
          <Button onClick={() => share(true)}>
            <Share2 size={16} aria-hidden /> Share
          </Button>
        )}
      </div>
      {asking !== null && (
        <NoteForm
          decision={asking}
          busy={decide.isPending}
          send={(note) => decide.mutate({ decision: asking, note })}
          close={() => ask(null)}
        />
      )}
      {problem !== null && <Message tone="bad">{problem.message}</Message>}
      {sharing && probeId !== null && <ShareDialog opens="diagnosis" id={probeId} onClose={() => share(false)} />}
    </>
  );
}

type Decision = "acknowledge" | "dismiss";

const DECISIONS: Record<Decision, { readonly effect: string; readonly action: string }> = {
  acknowledge: {
    effect: "The finding stays on the overview and the wall, marked as acknowledged, until it is fixed.",
    action: "Acknowledge it",
  },
  dismiss: {
    effect:
      "The overview and the wall no longer show this finding unless it gets worse or another address is affected. It stays in the list of findings.",
    action: "Dismiss it",
  },
};

interface NoteFormProps {
  decision: Decision;
  busy: boolean;
  send: (note: string) => void;
  close: () => void;
}

function NoteForm({ decision, busy, send, close }: NoteFormProps) {
  const { effect, action } = DECISIONS[decision];
  const [note, setNote] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(note);
  };
  return (
    <form onSubmit={submit} onKeyDown={({ key }) => key === "Escape" && close()} className="max-w-2xl space-y-2">
      <p className="text-sm text-soft">{effect}</p>
      <label className="block">
        <span className="mb-1 block text-sm font-semibold text-soft">Note: who is informed, and what is being done (optional)</span>
        <textarea
          // biome-ignore lint/a11y/noAutofocus: it was opened to be typed into
          autoFocus
          value={note}
          onChange={({ target }) => setNote(target.value)}
          maxLength={2000}
          rows={3}
          className="w-full rounded-lg border border-line bg-ground px-3 py-2"
        />
      </label>
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={busy}>
          {action}
        </Button>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
