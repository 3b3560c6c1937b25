import { AUDIT_ACTIONS, type AuditAction, type AuditEntry } from "@mxray/contracts";
import { useState } from "react";
import { useAudit } from "../../api/use-access.ts";
import { formatTime } from "../../format/numbers.ts";
import { Answers } from "../../ui/answers.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Select } from "../../ui/select.tsx";
import { ACTION_WORDS } from "./audit-words.ts";
import { FormField } from "./form-field.tsx";

const ACTIONS = AUDIT_ACTIONS.map((action) => [action, ACTION_WORDS[action]] as const);

/** Who did what to what, when and from where. */
export function AuditSection() {
  const [action, setAction] = useState<AuditAction | undefined>();
  const [text, setText] = useState("");
  const audit = useAudit({ action, text: text.trim() });
  return (
    <Card title="Audit">
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <FormField label="Name of a user, token or target" value={text} onChange={({ target }) => setText(target.value)} maxLength={100} />
        <div className="min-w-0 flex-1 basis-44">
          <p className="mb-1 text-sm font-semibold" aria-hidden>
            Action
          </p>
          <Select label="Action" value={action} none="All actions" options={ACTIONS} change={setAction} />
        </div>
      </div>
      <Answers to={[audit]}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.entries);
          return entries.length === 0 ? (
            <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-soft">Nothing recorded matches.</p>
          ) : (
            <ul aria-label="Audit" className="divide-y divide-line">
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </ul>
          );
        }}
      </Answers>
      {audit.hasNextPage && (
        <Button className="mt-3" disabled={audit.isFetchingNextPage} onClick={() => audit.fetchNextPage()}>
          Show older entries
        </Button>
      )}
    </Card>
  );
}

function Entry({ entry: { at, actor, address, action, object } }: { entry: AuditEntry }) {
  return (
    <li className="grid gap-x-4 py-2.5 text-sm sm:grid-cols-[14rem_minmax(0,1fr)_minmax(0,2fr)]">
      <span className="text-soft tabular-nums">{formatTime(at)}</span>
      <span className="min-w-0 wrap-anywhere">
        <strong className="font-semibold">{actorName(actor)}</strong> <span className="text-soft">from {address}</span>
      </span>
      <span className="min-w-0 wrap-anywhere">
        {ACTION_WORDS[action]} {object.name !== null && <strong className="font-semibold">{object.name}</strong>}
        {object.detail !== null && <span className="block text-soft">{object.detail}</span>}
      </span>
    </li>
  );
}

function actorName({ kind, name }: AuditEntry["actor"]): string {
  switch (kind) {
    case "owner":
      return "Owner";
    case "user":
      return name ?? "a user";
    case "token":
      return `token ${name ?? ""}`;
    case "agent":
      return `agent ${name ?? ""}`;
  }
}
