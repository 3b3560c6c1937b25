/** Each size as a strip, filled as far as its packets came: on the left this machine, on the right the mail host. */
import type { Rung } from "@mxray/contracts";
import { Fragment } from "react";
import { formatCount } from "../../format/numbers.ts";
import type { LadderPicture, LadderStation, LadderStrip, StripFate } from "./ladder-strips.ts";

const FATE_LOOKS: Record<StripFate, { readonly fill: string; readonly text: string; readonly words: string }> = {
  arrived: { fill: "bg-ok", text: "text-ok", words: "arrived" },
  lost: { fill: "bg-bad", text: "text-bad", words: "lost" },
  mixed: { fill: "bg-warn", text: "text-warn", words: "some lost" },
  resized: { fill: "bg-info", text: "text-info", words: "too big, reported" },
  refused: { fill: "bg-warn", text: "text-warn", words: "refused" },
};
/** Ticks that fit beside one another. */
const MOST_TICKS = 6;

export function LadderPictureView({ picture, unit, host }: { picture: LadderPicture; unit: Rung["unit"]; host: string }) {
  const { strips, stations, edge, leftOut } = picture;
  return (
    <div
      aria-hidden
      data-testid="ladder-picture"
      className="print-colours grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 text-sm"
    >
      <span className="text-xs text-soft">{unit === "packet" ? "IP packet" : "message"}</span>
      <Way stations={stations} strips={strips} host={host} />
      <span />
      {strips.map((strip, index) => (
        <Fragment key={strip.size}>
          {index === edge && <Edge passes={strips[index - 1]?.size} fails={strip.size} unit={unit} />}
          <Strip strip={strip} stations={stations} />
        </Fragment>
      ))}
      <p className="col-span-3 mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
        <span className="inline-flex items-center gap-1.5">
          <Tick look="first" /> first send
        </span>
        {strips.some(({ retransmits }) => retransmits > 0) && (
          <span className="inline-flex items-center gap-1.5">
            <Tick look="again" /> retransmit
          </span>
        )}
        {strips.some(({ releases }) => releases > 0) && (
          <span className="inline-flex items-center gap-1.5">
            <span className="inline-block w-5 border-t-2 border-dashed border-info" />
            <WithoutDf /> resent without DF: arrived
          </span>
        )}
        {leftOut > 0 && <span>{leftOut === 1 ? "1 more size is" : `${leftOut} more sizes are`} in the table.</span>}
      </p>
    </div>
  );
}

/** Names the ends and, where packets are lost, the two hops around the place. */
function Way({ stations, strips, host }: { stations: readonly LadderStation[]; strips: readonly LadderStrip[]; host: string }) {
  const stop = strips.findLast(({ fate, reach }) => fate !== "arrived" && reach !== null && reach < 1)?.reach ?? null;
  const around = stop === null ? [] : [stations.findLast(({ at }) => at < stop), stations.find(({ at }) => at > stop)];
  const last = Math.max(0, ...around.map((station) => station?.at ?? 0));
  const room = last > 0 ? `calc(${percent(1 - last)} - 1.75rem)` : "38%";
  return (
    <span className="relative h-5 overflow-hidden text-xs text-soft">
      <span className="absolute left-0 max-sm:hidden">this machine</span>
      <span className="absolute left-0 sm:hidden">here</span>
      {around.map(
        (station) =>
          station !== undefined && (
            <span
              key={station.ttl}
              className="absolute -translate-x-1/2 bg-card px-1 whitespace-nowrap"
              style={{ left: percent(station.at) }}
            >
              hop {station.ttl}
            </span>
          ),
      )}
      <span className="absolute right-0 truncate pl-1 text-right" style={{ maxWidth: room }}>
        {host}
      </span>
    </span>
  );
}

function Strip({ strip, stations }: { strip: LadderStrip; stations: readonly LadderStation[] }) {
  const { size, fate, reach, firstSends, retransmits, releases } = strip;
  const { fill, text, words } = FATE_LOOKS[fate];
  const stops = fate === "lost" || fate === "resized" || fate === "mixed";
  const title = `${formatCount(size)} bytes: ${words}; ${sendsText(strip)}`;
  return (
    <>
      <span className="py-1 text-right font-mono text-[13px] tabular-nums">{formatCount(size)}</span>
      <span className="relative h-4" title={title}>
        <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
        {stations.map(({ at, ttl }) => (
          <span key={ttl} className="absolute inset-y-0 w-px bg-line" style={{ left: percent(at) }} />
        ))}
        {releases > 0 && (
          <>
            <span className="absolute top-1/2 border-t-2 border-dashed border-info" style={{ left: percent(reach ?? 0.5), right: 4 }} />
            <span className="absolute top-1/2 right-0 -translate-y-1/2">
              <WithoutDf />
            </span>
          </>
        )}
        <span
          className={`absolute inset-y-[3px] left-0 rounded-r-full ${reach === null ? "ladder-fade" : fill}`}
          style={{ width: percent(reach ?? 0.5) }}
        />
        {stops && (
          <span className={`absolute top-1/2 -translate-x-1/2 -translate-y-1/2 ${text}`} style={{ left: percent(reach ?? 0.5) }}>
            <Cross />
          </span>
        )}
      </span>
      <span className={`flex items-center gap-1.5 whitespace-nowrap ${text}`}>
        <span className="flex items-center gap-[3px]">
          <Ticks look="first" count={firstSends} />
          <Ticks look="again" count={retransmits} />
        </span>
        <span className="text-xs">{words}</span>
      </span>
    </>
  );
}

/** Between what arrives and what does not: the answer of the whole picture. */
function Edge({ passes, fails, unit }: { passes: number | undefined; fails: number; unit: Rung["unit"] }) {
  return (
    <span className="col-span-3 my-1 flex items-center gap-3 text-[13px] font-semibold text-accent">
      <span className="flex-1 border-t-2 border-accent" />
      <span data-testid="ladder-edge">
        {unit === "packet" && fails - (passes ?? 0) === 1
          ? `path MTU ${passes} bytes`
          : `${formatCount(passes ?? 0)} bytes arrive, ${formatCount(fails)} do not`}
      </span>
      <span className="flex-1 border-t-2 border-accent" />
    </span>
  );
}

function Tick({ look }: { look: "first" | "again" }) {
  return <span className={`inline-block w-[3px] rounded-full bg-current ${look === "first" ? "h-3" : "h-1.5"}`} />;
}

function Cross() {
  return (
    <svg width={14} height={14} viewBox="0 0 14 14" className="block" aria-hidden="true">
      <path d="M2,2l10,10m0,-10l-10,10" stroke="var(--card)" strokeWidth={6} strokeLinecap="round" />
      <path d="M2,2l10,10m0,-10l-10,10" stroke="currentColor" strokeWidth={2.8} strokeLinecap="round" />
    </svg>
  );
}

function WithoutDf() {
  return <span className="block size-2.5 rounded-full border-2 border-info bg-card" />;
}

/** Each send as a tick; of many, one tick and their number. */
function Ticks({ look, count }: { look: "first" | "again"; count: number }) {
  if (count > MOST_TICKS) {
    return (
      <>
        <Tick look={look} />
        <span className="text-xs tabular-nums">×{count}</span>
      </>
    );
  }
  // biome-ignore lint/suspicious/noArrayIndexKey: all alike
  return Array.from({ length: count }, (_, index) => <Tick key={index} look={look} />);
}

function sendsText({ firstSends, retransmits, releases }: LadderStrip): string {
  const parts = [
    `sent ${firstSends === 1 ? "once" : `${firstSends} times`}`,
    ...(retransmits > 0 ? [`${retransmits} retransmits`] : []),
    ...(releases > 0 ? ["arrived without DF"] : []),
  ];
  return parts.join(", ");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
