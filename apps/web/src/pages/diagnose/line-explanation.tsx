import type { LogExplanation } from "@mxray/contracts";
import { eventTone, eventWords, factsOf, peerWords } from "../../format/log-words.ts";
import { ProbeButton } from "../../panels/probes/probe-button.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";

const KINDS: Record<LogExplanation["kind"], string> = {
  line: "What this line tells",
  bounce: "What this bounce tells",
  "queue-id": "What the logs tell of this message",
  unknown: "",
};

/** What the pasted text already tells, before anything is probed. */
export function LineExplanation({
  explanation: { kind, event, events, tells, means, next, not, target },
}: {
  explanation: LogExplanation;
}) {
  if (event === null) {
    return (
      <div className="mt-3">
        <Message tone="info">
          No line of this queue id was kept. Only followed logs are known, and of them the lines that tell of trouble.
        </Message>
      </div>
    );
  }
  return (
    <section aria-label={KINDS[kind]} data-testid="explanation" className="mt-3 border-t border-line px-1 pt-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-base font-semibold">{KINDS[kind]}</h2>
        {target !== null && <ProbeButton target={target} />}
      </div>
      <p className="mt-2 flex flex-wrap items-center gap-2 text-sm text-soft">
        <Badge tone={eventTone(event)}>{eventWords(event)}</Badge>
        {event.peer !== null && <span className="font-mono text-[13px] wrap-anywhere text-ink">{peerWords(event.peer)}</span>}
        <span>{factsOf(event).join(" · ")}</span>
        {kind !== "bounce" && event.time !== null && <Time at={event.time} />}
      </p>
      {tells !== null && <p className="mt-2 max-w-[75ch]">{tells}</p>}
      {means !== null && <p className="mt-2 max-w-[75ch]">{means}</p>}
      {next !== null && <Part title="Next">{next}</Part>}
      {not !== null && <Part title="Easily taken for">{not}</Part>}
      {events.length > 1 && <p className="mt-2 text-sm text-soft">The one that tells most, of {events.length} that were understood.</p>}
    </section>
  );
}

function Part({ title, children }: { title: string; children: string }) {
  return (
    <p className="mt-2 max-w-[75ch]">
      <span className="font-semibold text-soft">{title}: </span>
      {children}
    </p>
  );
}
