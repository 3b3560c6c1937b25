import type { MailEvent } from "@mxray/contracts";
import type { ReactNode } from "react";
import { eventTone, eventWords, factsOf, peerWords } from "../../format/log-words.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { Time } from "../../ui/time.tsx";
import { VirtualList } from "../../ui/virtual-list.tsx";

interface LogLinesProps {
  readonly events: readonly MailEvent[];
  /** What is said where there is none. */
  readonly nothing: string;
  readonly more?: ReactNode;
  /** Where there are more than these: the reader comes near the last one. */
  readonly onEnd?: (() => void) | undefined;
}

/** The lines behind the charts, as they were understood. */
export function LogLinesPanel({ events, nothing, more, onEnd }: LogLinesProps) {
  return (
    <div id="lines" className="scroll-mt-4">
      <Card title="Log lines" aside="first error lines of each kind">
        {events.length === 0 ? (
          <p className="py-6 text-center text-soft">{nothing}</p>
        ) : (
          <VirtualList
            label="Lines"
            rows={events}
            keyOf={({ file, line, time }) => `${file} ${line} ${time}`}
            placeOf={(_event, index) => index + 1}
            total={onEnd === undefined ? events.length : -1}
            rowHeight={84}
            draw={(event) => <Line event={event} />}
            rowClass={() => "border-b border-line last:border-0"}
            onEnd={onEnd}
          />
        )}
        {more}
      </Card>
    </div>
  );
}

function Line({ event }: { event: MailEvent }) {
  const { time, peer, reason, file, line } = event;
  return (
    <div className="grid gap-x-4 gap-y-0.5 py-2.5 text-sm lg:grid-cols-[13rem_9rem_minmax(0,1fr)]">
      <span className="text-soft tabular-nums">{time === null ? "no time" : <Time at={time} />}</span>
      <span>
        <Badge tone={eventTone(event)}>{eventWords(event)}</Badge>
      </span>
      <div className="min-w-0">
        <p className="wrap-anywhere">
          {peer !== null && <span className="font-mono text-[13px]">{peerWords(peer)} </span>}
          <span className="text-soft">{factsOf(event).join(" · ")}</span>
        </p>
        {reason !== null && <p className="font-mono text-[13px] wrap-anywhere">{reason}</p>}
        <p className="text-xs wrap-anywhere text-faint">
          {file}, line {line}
        </p>
      </div>
    </div>
  );
}
