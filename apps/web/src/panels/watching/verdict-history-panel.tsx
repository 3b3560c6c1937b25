import type { PeerProbe } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { formatAgo, formatTime } from "../../format/numbers.ts";
import { PATH_TONES, type Tone, toneOf } from "../../format/words.ts";
import { Card } from "../../ui/card.tsx";
import { TONE_SOFT } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** What each probe found of a peer, the oldest first: a mark for each, by shape and colour. */
export function VerdictHistoryPanel({ probes }: { probes: readonly PeerProbe[] }) {
  const [newest] = probes;
  const marks = probes.toReversed();
  return (
    <Card
      title="Verdict history"
      aside={newest !== undefined && `${probes.length === 1 ? "one probe" : `${probes.length} probes`}, the last ${formatAgo(newest.at)}`}
    >
      {newest === undefined ? (
        <p className="py-4 text-soft">Not probed yet.</p>
      ) : (
        <>
          <ol className="flex flex-wrap gap-1" aria-label="Probes, the oldest first">
            {marks.map((probe) => {
              const [tone, words] = historyVerdict(probe);
              const title = `${formatTime(probe.at)}: ${words}`;
              return (
                <li key={`${probe.probeId} ${probe.address} ${probe.port}`}>
                  <Link
                    to="/diagnose/$id"
                    params={{ id: probe.probeId }}
                    title={title}
                    aria-label={title}
                    className={`grid size-7 place-items-center rounded-md hover:brightness-110 ${TONE_SOFT[tone]}`}
                  >
                    <ToneIcon tone={tone} size={16} />
                  </Link>
                </li>
              );
            })}
          </ol>
          <p className="mt-3 text-sm text-soft">Oldest to newest. {historyVerdict(newest)[1]}.</p>
        </>
      )}
    </Card>
  );
}

/** Where nothing was found of this peer, its path speaks for it: what was found may be about another host of the same domain. */
function historyVerdict({ verdict, outbound }: PeerProbe): [Tone, string] {
  if (verdict !== null) return [toneOf(verdict), verdict.title];
  return PATH_TONES[outbound.verdict] === "ok" ? ["ok", "No problem found"] : ["info", "No result"];
}
