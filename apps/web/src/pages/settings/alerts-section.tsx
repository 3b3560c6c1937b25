import { CHANNEL_TITLES, type ChannelSummary } from "@mxray/contracts";
import { useState } from "react";
import { useChangeChannel, useChannels, useDeleteChannel, useTestChannel } from "../../api/use-alerts.ts";
import { Answers } from "../../ui/answers.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { ChannelDialog } from "./channel-dialog.tsx";
import { DeliveryLog } from "./delivery-log.tsx";

/** Where alerts go, and what was sent. */
export function AlertsSection() {
  const channels = useChannels();
  const [edited, edit] = useState<ChannelSummary | "new" | null>(null);
  return (
    <>
      <Card title="Channels">
        <p className="mb-4 max-w-[75ch] text-soft">
          Each channel gets one message when a finding opens and one when it is fixed. Findings that a local fault explains are sent as one
          message.
        </p>
        <Answers to={[channels]}>
          {({ channels: list }) =>
            list.length === 0 ? (
              <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-soft">
                No channels yet. Add one to receive alerts.
              </p>
            ) : (
              <ChannelRows channels={list} edit={edit} />
            )
          }
        </Answers>
        <Button look="primary" className="mt-4" onClick={() => edit("new")}>
          Add a channel
        </Button>
      </Card>
      <DeliveryLog />
      {edited !== null && <ChannelDialog channel={edited === "new" ? null : edited} onClose={() => edit(null)} />}
    </>
  );
}

function ChannelRows({ channels, edit }: { channels: readonly ChannelSummary[]; edit: (channel: ChannelSummary) => void }) {
  const change = useChangeChannel();
  const test = useTestChannel();
  const remove = useDeleteChannel();
  const [asked, ask] = useState<ChannelSummary | null>(null);
  const error = change.error ?? test.error ?? remove.error;
  return (
    <>
      {error !== null && <Message tone="bad">{error.message}</Message>}
      <ul aria-label="Channels" className="divide-y divide-line">
        {channels.map((channel) => (
          <li key={channel.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-sm">
            <ChannelWords channel={channel} />
            <div className="flex flex-wrap gap-2">
              <Button aria-label={`Send a test: ${channel.name}`} disabled={test.isPending} onClick={() => test.mutate(channel.id)}>
                Send a test
              </Button>
              <Button aria-label={`Change: ${channel.name}`} onClick={() => edit(channel)}>
                Change
              </Button>
              <Button
                aria-label={`${channel.paused ? "Resume" : "Pause"}: ${channel.name}`}
                onClick={() => change.mutate({ id: channel.id, paused: !channel.paused })}
              >
                {channel.paused ? "Resume" : "Pause"}
              </Button>
              <Button look="danger" aria-label={`Delete: ${channel.name}`} onClick={() => ask(channel)}>
                Delete
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {asked !== null && (
        <ConfirmDialog
          title={`Delete the channel ${asked.name}?`}
          action="Delete the channel"
          busy={remove.isPending}
          onClose={() => ask(null)}
          onConfirm={() => remove.mutate(asked.id, { onSettled: () => ask(null) })}
        >
          <p>Its delivery log is deleted, and alerts that wait for it are not sent.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function ChannelWords({ channel }: { channel: ChannelSummary }) {
  const { name, kind, url, to, severities, paused, trouble, warnings, waiting, failed } = channel;
  return (
    <div className="min-w-0 flex-1 basis-72">
      <p className="font-semibold wrap-anywhere">
        {name} {paused && <Badge tone="info">paused</Badge>} {failed > 0 && <Badge tone="bad">{failed} failed</Badge>}{" "}
        {waiting > 0 && <Badge tone="warn">{waiting} waiting</Badge>}
      </p>
      <p className="text-soft wrap-anywhere">
        {CHANNEL_TITLES[kind]} · {url}
        {to.length > 0 && ` · ${to.join(", ")}`}
        {kind !== "heartbeat" && ` · ${severities.join(", ")}`}
      </p>
      {trouble !== null && <p className="text-bad wrap-anywhere">{trouble}</p>}
      {warnings.map((warning) => (
        <p key={warning} className="text-warn wrap-anywhere">
          {warning}
        </p>
      ))}
    </div>
  );
}
