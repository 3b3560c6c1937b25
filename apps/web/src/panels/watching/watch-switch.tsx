import { LOCAL_VANTAGE, type Watch, type WatchRequest, watchTarget } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { useMay } from "../../api/use-access.ts";
import { useWatchChange, useWatches } from "../../api/use-watches.ts";
import { everyWords, nextWords, roundTone, roundWords, watchTrouble } from "../../format/watch-words.ts";
import { Switch } from "../../ui/switch.tsx";
import { Time } from "../../ui/time.tsx";
import { ToneIcon } from "../../ui/tone-icon.tsx";
import { useNow } from "../../ui/use-now.ts";
import { RoundStrip } from "./round-strip.tsx";

/** Has a target probed again and again, or not; nothing for what cannot be watched. */
export function WatchSwitch({ request }: { request: WatchRequest }) {
  const watches = useWatches();
  const change = useWatchChange();
  const may = useMay("operator") === true;
  const target = watchTarget(request);
  const { vantage = LOCAL_VANTAGE } = request;
  if (target === null || watches.isError) return null;
  // What stands below does not jump when the answer is there.
  if (watches.isPending) return <div aria-hidden className="no-print h-[4.25rem]" />;
  const watch = watches.data.watches.find((each) => each.target === target && each.vantage === vantage) ?? null;
  if (watch === null && !may) return null;
  return (
    <section aria-label="Watching" data-testid="watching" className="no-print card rounded-xl border border-line bg-card px-4 py-3">
      <Switch
        label={
          <>
            Watch <span className="font-mono text-[13px] break-all">{target}</span>
            {vantage !== LOCAL_VANTAGE && ` from ${vantage}`}
          </>
        }
        checked={watch !== null}
        change={(on) => change.mutate([on ? request : { id: watch?.id ?? "" }])}
        disabled={change.isPending || !may}
      >
        {watch === null ? `Probed ${everyWords(watches.data.everyMinutes)}, until you switch it off.` : <WatchState watch={watch} />}
      </Switch>
      {change.error !== null && (
        <p role="alert" className="mt-2 text-sm break-words text-bad">
          {change.error.message}
        </p>
      )}
    </section>
  );
}

/** What came of it last, and what comes next. */
function WatchState({ watch }: { watch: Watch }) {
  const now = useNow(10_000);
  const [last] = watch.rounds;
  const trouble = watchTrouble(watch);
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span>
          Probed {everyWords(watch.everyMinutes)}; {nextWords(watch, now)}.
        </span>
        {last !== undefined && (
          <Link
            to="/diagnose/$id"
            params={{ id: last.probeId }}
            className="inline-flex items-center gap-1.5 text-ink underline-offset-2 hover:underline"
          >
            <ToneIcon tone={roundTone(last)} size={15} />
            <span>
              <Time at={last.at} show="ago" />: {roundWords(last)}
            </span>
          </Link>
        )}
        <RoundStrip rounds={watch.rounds} />
      </span>
      {trouble !== null && <span className="mt-1 block wrap-anywhere text-warn">{trouble}</span>}
    </>
  );
}
