import type { Maintenance } from "@mxray/contracts";
import { useState } from "react";
import { useDeleteMaintenance, useMaintenance } from "../../api/use-maintenance.ts";
import { formatTime } from "../../format/numbers.ts";
import { lengthWords } from "../../format/watch-words.ts";
import { Answers } from "../../ui/answers.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { MaintenanceDialog } from "./maintenance-dialog.tsx";

/** Times in which targets are neither probed by their monitors nor alerted about. */
export function MaintenanceSection() {
  const windows = useMaintenance();
  const remove = useDeleteMaintenance();
  const [edited, edit] = useState<Maintenance | "new" | null>(null);
  const [asked, ask] = useState<Maintenance | null>(null);
  return (
    <Card title="Maintenance windows">
      <p className="mb-4 max-w-[75ch] text-soft">
        While a window is open, monitors of its targets begin no rounds, and alerts about their mail hosts wait until it ends, also those
        that logs raise. What is fixed before then is not sent.
      </p>
      {remove.error !== null && <Message tone="bad">{remove.error.message}</Message>}
      <Answers to={[windows]}>
        {({ windows: list }) =>
          list.length === 0 ? (
            <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-soft">No maintenance windows yet.</p>
          ) : (
            <ul aria-label="Maintenance windows" className="divide-y divide-line">
              {list.map((window) => (
                <li key={window.name} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-sm">
                  <WindowWords window={window} />
                  <div className="flex flex-wrap gap-2">
                    <Button aria-label={`Change: ${window.name}`} onClick={() => edit(window)}>
                      Change
                    </Button>
                    <Button look="danger" aria-label={`Delete: ${window.name}`} onClick={() => ask(window)}>
                      Delete
                    </Button>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Answers>
      <Button look="primary" className="mt-4" onClick={() => edit("new")}>
        Add a window
      </Button>
      {edited !== null && <MaintenanceDialog window={edited === "new" ? null : edited} onClose={() => edit(null)} />}
      {asked !== null && (
        <ConfirmDialog
          title={`Delete the window ${asked.name}?`}
          action="Delete the window"
          busy={remove.isPending}
          onClose={() => ask(null)}
          onConfirm={() => remove.mutate(asked.name, { onSettled: () => ask(null) })}
        >
          <p>Its targets are probed and alerted about as usual from then on.</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}

function WindowWords({ window: { name, targets, tags, beginsAt, cron, timezone, minutes } }: { window: Maintenance }) {
  const begins = beginsAt === null ? `cron ${cron ?? ""} (${timezone})` : `once, ${formatTime(beginsAt)}`;
  const covered = [...targets, ...tags.map((tag) => `tag ${tag}`)].join(", ");
  return (
    <div className="min-w-0 flex-1 basis-72">
      <p className="font-semibold wrap-anywhere">{name}</p>
      <p className="text-soft wrap-anywhere">
        {begins} · {lengthWords(minutes)} · {covered}
      </p>
    </div>
  );
}
