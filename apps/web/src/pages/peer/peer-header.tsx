import { canonicalAddress, type PeerDetail, printable, targetOfPeer } from "@mxray/contracts";
import { Share2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { formatCount, formatSince } from "../../format/numbers.ts";
import { type Tone, toneOf } from "../../format/words.ts";
import { ProbeButton } from "../../panels/probes/probe-button.tsx";
import { WatchSwitch } from "../../panels/watching/watch-switch.tsx";
import { Button } from "../../ui/button.tsx";
import { ForRole } from "../../ui/for-role.tsx";
import { TONE_BORDER } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

const ShareDialog = lazy(async () => ({ default: (await import("../../panels/links/share-dialog.tsx")).ShareDialog }));
const SHOWN = 6;

/** Who it is, how it stands, and what can be done. */
export function PeerHeader({ asked, detail }: { asked: string; detail: PeerDetail | undefined }) {
  const [sharing, share] = useState(false);
  const peer = detail?.peer ?? asked;
  const [tone, standing] = standingOf(detail);
  const others = [...(detail?.names ?? []), ...(detail?.addresses ?? [])].filter((one) => one !== peer);
  const newest = detail?.probes[0];
  const target = targetOfPeer({ name: peer, address: canonicalAddress(peer)?.text ?? null, port: newest?.port ?? null });
  return (
    <div className="space-y-4">
      <header
        className={`card flex flex-wrap items-start justify-between gap-4 rounded-xl border border-l-4 border-line bg-card p-5 ${TONE_BORDER[tone]}`}
      >
        <div className="flex min-w-0 flex-1 basis-80 gap-3.5">
          <span className="pt-1">
            <ToneIcon tone={tone} size={26} />
          </span>
          <div className="min-w-0">
            <h1 className="font-mono text-xl font-bold break-all sm:text-2xl">{printable(peer, 255)}</h1>
            <p className="mt-1 text-soft" data-testid="standing">
              {standing}
            </p>
            {others.length > 0 && (
              <ul aria-label="Other names and addresses" className="mt-2 flex flex-wrap gap-x-4 gap-y-0.5 font-mono text-[13px] text-soft">
                {others.slice(0, SHOWN).map((one) => (
                  <li key={one} className="max-w-full truncate" title={one}>
                    {one}
                  </li>
                ))}
                {others.length > SHOWN && <li className="font-sans">and {formatCount(others.length - SHOWN)} more</li>}
              </ul>
            )}
          </div>
        </div>
        <div className="no-print flex flex-wrap items-center gap-2">
          {target !== null && <ProbeButton target={target} />}
          {newest !== undefined && (
            <ForRole least="operator">
              <Button onClick={() => share(true)}>
                <Share2 size={15} aria-hidden /> Share the newest diagnosis
              </Button>
            </ForRole>
          )}
        </div>
        {sharing && newest !== undefined && (
          <Suspense>
            <ShareDialog opens="diagnosis" id={newest.probeId} onClose={() => share(false)} />
          </Suspense>
        )}
      </header>
      {target !== null && <WatchSwitch request={{ target, noMx: true }} />}
    </div>
  );
}

function standingOf(detail: PeerDetail | undefined): [Tone, string] {
  if (detail === undefined) return ["info", ""];
  const open = detail.findings.filter(({ state }) => state !== "fixed");
  const worst = open.find(({ state }) => state === "open") ?? open[0];
  if (worst === undefined) return ["ok", "No known problems."];
  const more = open.length - 1;
  const words = `${worst.title}, ${formatSince(worst.sinceAt)}${more === 0 ? "" : `, and ${more} more`}.`;
  return worst.state === "acknowledged" ? ["info", `Acknowledged: ${words}`] : [toneOf(worst), words];
}
