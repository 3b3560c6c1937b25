import type { LogExplanation, MailEvent, PastedFault } from "@mxray/contracts";
import { eventTone, eventWords, factsOf, peerWords } from "../../format/log-words.ts";
import { ProbeButton } from "../../panels/probes/probe-button.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";

const KINDS: Record<LogExplanation["kind"], string> = {
  line: "What this line means",
  bounce: "What this bounce means",
  queue: "Why these messages wait",
  firewall: "What this firewall line means",
  "queue-id": "This message in the logs",
  unknown: "",
};

/** What the pasted text already tells, before anything is probed. */
export function LineExplanation({
  explanation: { kind, event, events, faults, tells, means, next, not, target },
}: {
  explanation: LogExplanation;
}) {
  if (event === null && faults.length === 0) {
    return (
      <div className="mt-3">
        <Message tone="info">
          {kind === "queue"
            ? "This queue listing gives no reason why messages wait. Paste the log line of a failed delivery instead."
            : "No log line with this queue ID is stored. mxray stores the lines of followed logs that report a problem."}
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
      {event !== null && <EventFacts event={event} />}
      {faults[0] !== undefined && <FaultFacts fault={faults[0]} />}
      {tells !== null && <p className="mt-2 max-w-[75ch]">{tells}</p>}
      {means !== null && <p className="mt-2 max-w-[75ch]">{means}</p>}
      {next !== null && <Part title="Next">{next}</Part>}
      {not !== null && <Part title="Often confused with">{not}</Part>}
      {events.length > 1 && <p className="mt-2 text-sm text-soft">The most specific of {events.length} recognised lines.</p>}
      {faults.length > 1 && (
        <ul className="mt-3 space-y-1 text-sm">
          {faults.slice(1).map((fault) => (
            <li key={`${fault.failure} ${fault.stage} ${fault.reason}`} className="flex flex-wrap gap-2">
              <span className="tabular-nums text-soft">{fault.count}</span>
              {fault.peer !== null && <span className="font-mono text-[13px] wrap-anywhere">{peerWords(fault.peer)}</span>}
              <span className="wrap-anywhere text-soft">{fault.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function EventFacts({ event }: { event: MailEvent }) {
  return (
    <p className="mt-2 flex flex-wrap items-center gap-2 text-sm text-soft">
      <Badge tone={eventTone(event)}>{eventWords(event)}</Badge>
      {event.peer !== null && <span className="font-mono text-[13px] wrap-anywhere text-ink">{peerWords(event.peer)}</span>}
      <span>{factsOf(event).join(" · ")}</span>
      {event.time !== null && <Time at={event.time} />}
    </p>
  );
}

function FaultFacts({ fault: { writer, peer, status, dsn, count, source, reason } }: { fault: PastedFault }) {
  const facts = [...(status === null ? [] : [writer]), ...(dsn === null ? [] : [dsn]), ...(count > 1 ? [`${count} messages`] : [])];
  return (
    <>
      <p className="mt-2 flex flex-wrap items-center gap-2 text-sm text-soft">
        <Badge tone={status === "bounced" || source === "firewall" ? "bad" : "warn"}>{status ?? writer}</Badge>
        {peer !== null && <span className="font-mono text-[13px] wrap-anywhere text-ink">{peerWords(peer)}</span>}
        <span>{facts.join(" · ")}</span>
      </p>
      <p className="mt-2 font-mono text-[13px] wrap-anywhere text-soft">{reason}</p>
    </>
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
