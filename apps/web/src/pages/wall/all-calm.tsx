import type { WallSnapshot } from "@mxray/contracts";
import { formatMoment, formatSpan } from "../../format/moments.ts";
import { stalledMessages } from "./stalled-messages.ts";
import { signText, WallMark, type WallSign } from "./wall-mark.tsx";

const DAY_MS = 24 * 3600 * 1000;

/** The wall without findings, and why that is believed; an old probe is no reason for calm, and none is no reason at all. */
export function AllCalm({ snapshot, now }: { snapshot: WallSnapshot; now: number }) {
  const { sign, title, reason } = judge(snapshot, now);
  return (
    <section aria-label="State" data-testid="all-calm" className="flex min-h-0 flex-1 items-center gap-12 px-6">
      <WallMark sign={sign} className={`size-44 ${signText(sign)}`} />
      <div className="min-w-0">
        <h2 className="text-[5.2rem] leading-[1.05] font-bold tracking-tight">{title}</h2>
        <p className="mt-5 max-w-[46ch] text-[2.1rem] leading-snug text-soft [overflow-wrap:anywhere]">{reason}</p>
      </div>
    </section>
  );
}

function judge(snapshot: WallSnapshot, now: number): { sign: WallSign; title: string; reason: string } {
  const { calm, calmDays, lastProbe } = snapshot;
  const stalled = stalledMessages(snapshot);
  if (stalled > 0) {
    const many = stalled === 1 ? "1 message" : `${stalled.toLocaleString()} messages`;
    return {
      sign: "warning",
      title: "Mail stalls",
      reason: `${many} stalled in the last 24 hours, and no open finding explains why. Check the logs in mxray.`,
    };
  }
  if (lastProbe === null) {
    return {
      sign: "unclear",
      title: "Nothing is watched yet",
      reason: `No open findings, but nothing was probed within ${calmDays} days. Probe a domain in mxray, and it appears here.`,
    };
  }
  const age = now - Date.parse(lastProbe.at);
  const last = `The last probe, of ${lastProbe.name}, ended ${formatMoment(lastProbe.at, now)}, ${formatSpan(age)} ago.`;
  if (age > DAY_MS) return { sign: "unclear", title: "No known problems", reason: `No open findings. ${last}` };
  const { length } = calm.filter(({ probedAt }) => now - Date.parse(probedAt) <= calmDays * DAY_MS);
  const many = length === 1 ? "The one destination that was" : `All ${length} destinations that were`;
  return {
    sign: "ok",
    title: "No open findings",
    reason: `${many} probed within ${calmDays} days ${length === 1 ? "has" : "have"} no open finding. ${last}`,
  };
}
