import { LOCAL_VANTAGE, type Watch } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useWatchChange, useWatches } from "../../api/use-watches.ts";
import { everyWords, nextWords, roundTone, roundWords, watchTrouble } from "../../format/watch-words.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ForRole } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";
import { ToneIcon } from "../../ui/tone-icon.tsx";
import { useNow } from "../../ui/use-now.ts";
import { RoundStrip } from "./round-strip.tsx";

const MonitorDialog = lazy(async () => ({ default: (await import("./monitor-dialog.tsx")).MonitorDialog }));

/** All that is watched: how it stands and since when, what comes next, and a way to end it. */
export function WatchesPanel({
  empty,
}: {
  /** What stands there while nothing is watched; default the panel is not there. */ empty?: string;
}) {
  const watches = useWatches();
  const now = useNow(10_000);
  const end = useWatchChange();
  const [edited, edit] = useState<Watch | null>(null);
  const problem = watches.error ?? end.error;
  const shown = watches.data?.watches ?? [];
  if (shown.length === 0 && problem === null && empty === undefined) return null;
  return (
    <Card title="Watched destinations" aside={watches.data && `probed again ${everyWords(watches.data.everyMinutes)}`}>
      {problem !== null && <Message tone="bad">{problem.message}</Message>}
      {shown.length === 0 && problem === null && <p className="text-soft">{watches.isPending ? "Loading …" : empty}</p>}
      <ul className="@container divide-y divide-line">
        {shown.map((watch) => (
          <Row
            key={watch.id}
            watch={watch}
            now={now}
            change={() => edit(watch)}
            end={() => end.mutate([{ id: watch.id }])}
            from={watch.vantage !== LOCAL_VANTAGE || shown.some((other) => other.target === watch.target && other !== watch)}
            busy={end.isPending}
          />
        ))}
      </ul>
      {edited !== null && (
        <Suspense>
          <MonitorDialog watch={edited} onClose={() => edit(null)} />
        </Suspense>
      )}
    </Card>
  );
}

interface RowProps {
  readonly watch: Watch;
  /** Whether its vantage is named. */
  readonly from: boolean;
  readonly now: number;
  readonly change: () => void;
  readonly end: () => void;
  readonly busy: boolean;
}

function Row({ watch, from, now, change, end, busy }: RowProps) {
  const { target, rounds, sinceAt } = watch;
  const place = watch.vantage === LOCAL_VANTAGE ? "this server" : watch.vantage;
  const name = from ? `${target} from ${place}` : target;
  const [last] = rounds;
  const trouble = watchTrouble(watch);
  return (
    <li
      data-testid="watch"
      className="grid grid-cols-[18px_minmax(0,1fr)] gap-x-2.5 py-2.5 @xl:grid-cols-[18px_minmax(0,1fr)_auto] first:pt-0 last:pb-0"
    >
      <span className="pt-0.5">
        <ToneIcon tone={last === undefined ? "info" : roundTone(last)} />
      </span>
      <div className="min-w-0 space-y-0.5 text-sm">
        <div className="flex flex-wrap items-center gap-x-3">
          <p className="max-w-full truncate font-mono text-[13px] font-semibold" title={name}>
            {target}
          </p>
          {from && <span className="text-soft">from {place}</span>}
          <RoundStrip rounds={rounds} />
        </div>
        {last !== undefined && (
          <p className="text-soft wrap-anywhere">
            <Link
              to="/diagnose/$id"
              params={{ id: last.probeId }}
              className="text-ink underline decoration-faint underline-offset-2 hover:decoration-ink"
            >
              {roundWords(last)}
            </Link>
            {sinceAt !== null && (
              <>
                , <Time at={sinceAt} show="since" />
              </>
            )}
          </p>
        )}
        <p className="text-xs text-faint">
          {watch.ownMinutes !== null && `${everyWords(watch.ownMinutes)} · `}
          {watch.tags.length > 0 && `${watch.tags.join(", ")} · `}
          {last !== undefined && (
            <>
              probed <Time at={last.at} show="ago" /> ·{" "}
            </>
          )}
          {nextWords(watch, now)}
        </p>
        {trouble !== null && <p className="wrap-anywhere text-warn">{trouble}</p>}
      </div>
      <ForRole least="operator">
        <div className="col-start-2 mt-1 -ml-3 flex flex-wrap self-start @xl:col-start-auto @xl:-mt-1.5 @xl:ml-0 @xl:justify-end">
          <Button look="quiet" aria-label={`Change the monitor of ${name}`} onClick={change}>
            Change
          </Button>
          <Button look="quiet" aria-label={`Stop watching ${name}`} onClick={end} disabled={busy}>
            Stop
          </Button>
        </div>
      </ForRole>
    </li>
  );
}
