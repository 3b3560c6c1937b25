import type { WallSnapshot } from "@mxray/contracts";
import { useEffect, useSyncExternalStore } from "react";
import { useNow } from "../../ui/use-now.ts";
import { AllCalm } from "./all-calm.tsx";
import { CalmBand } from "./calm-band.tsx";
import { ChangesStrip } from "./changes-strip.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { FlowStrip } from "./flow-strip.tsx";
import { pixelShift } from "./screen-care.ts";
import { stalledMessages } from "./stalled-messages.ts";
import { TroubleGrid } from "./trouble-grid.tsx";
import { useSize } from "./use-size.ts";
import { STALE_MS, type WallFeed } from "./wall-feed.ts";
import { WallHeader } from "./wall-header.tsx";
import type { WallOptions } from "./wall-options.ts";

const MINUTE_MS = 60_000;

/** From top to bottom: how bad it is; what is wrong; what is not; the mail flow, where logs are followed; what has changed. */
export function WallPage({ feed, options }: { feed: WallFeed; options: WallOptions }) {
  const { snapshot, heardAt, connected, problem, regained } = useSyncExternalStore(feed.subscribe, feed.state);
  const now = useNow(1000);
  // What changes by the minute is drawn by the minute.
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const ageMs = Math.max(0, performance.now() - heardAt);
  // A server that says no is believed at once; one that says nothing may be starting anew.
  const stale = ageMs > STALE_MS || (problem !== null && problem.code !== "unreachable");
  const { x, y } = pixelShift(now);
  const [picture, { height }] = useSize<HTMLDivElement>();
  useTitle(snapshot, stale);
  return (
    <main data-stale={stale} className="relative flex h-full flex-col gap-6 p-8" style={{ transform: `translate(${x}px, ${y}px)` }}>
      <WallHeader snapshot={snapshot} now={now} ageMs={ageMs} live={connected && !stale} />
      <ConnectionBanner
        connection={{
          stale,
          ageMs,
          problem: problem?.message ?? null,
          regained: regained && { agoMs: performance.now() - regained.at, afterMs: regained.afterMs },
        }}
        now={now}
      />
      <div ref={picture} className="wall-picture flex min-h-0 flex-1 flex-col gap-6">
        {snapshot === null ? (
          <p className="grid flex-1 place-items-center text-3xl text-soft">{problem?.message ?? "Connecting to mxray …"}</p>
        ) : (
          <Picture snapshot={snapshot} now={minute} height={height} options={options} />
        )}
      </div>
    </main>
  );
}

function Picture({ snapshot, now, height, options }: { snapshot: WallSnapshot; now: number; height: number; options: WallOptions }) {
  return (
    <>
      {snapshot.troubles.length === 0 ? (
        <AllCalm snapshot={snapshot} now={now} />
      ) : (
        <TroubleGrid
          troubles={snapshot.troubles}
          grouping={snapshot.grouping}
          leftOut={snapshot.findingsLeftOut}
          now={now}
          options={options}
        />
      )}
      {snapshot.calm.length > 0 && (
        <CalmBand calm={snapshot.calm} now={now} room={height * (snapshot.troubles.length === 0 ? 0.45 : 0.15)} options={options} />
      )}
      {snapshot.flow !== null && <FlowStrip flow={snapshot.flow} />}
      <ChangesStrip changes={snapshot.changes} now={now} />
    </>
  );
}

function useTitle(snapshot: WallSnapshot | null, stale: boolean): void {
  const troubles = snapshot?.troubles.length ?? null;
  const calm = snapshot === null || stalledMessages(snapshot) === 0 ? "No open findings" : "Mail stalls";
  useEffect(() => {
    const state = stale ? "Stale" : troubles === null ? "Wall" : troubles === 0 ? calm : `${troubles} with problems`;
    document.title = `${state} · mxray`;
  }, [troubles, calm, stale]);
}
