import type { LogWorstPeers } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { DIRECTION_WORDS } from "../../format/log-words.ts";
import { formatCount } from "../../format/numbers.ts";
import { RankedBars } from "../../ui/ranked-bars.tsx";

/** With whom mail stalled most, of how many attempts. */
export function WorstPeers({ worst: { peers } }: { worst: LogWorstPeers }) {
  return (
    <section aria-label="Worst peers">
      <div className="mb-3 flex items-baseline justify-between gap-3">
        <h3 className="text-sm font-semibold">Worst peers</h3>
        {peers.length > 0 && <span className="text-xs text-soft">stalled of attempts</span>}
      </div>
      {peers.length === 0 ? (
        <p className="text-sm text-soft">No peer stalled in this period.</p>
      ) : (
        <RankedBars
          label="Peers by stalls"
          bars={peers.map(({ name, address, direction, stalled, attempts }) => {
            const peer = name ?? address ?? "unknown";
            return {
              key: `${direction} ${name} ${address}`,
              name: (
                <Link
                  to="/peers/$peer"
                  params={{ peer }}
                  title={`${peer}${name !== null && address !== null ? ` [${address}]` : ""}, ${DIRECTION_WORDS[direction]}`}
                  className="font-mono text-[13px] text-accent underline-offset-2 hover:underline"
                >
                  {peer}
                </Link>
              ),
              count: stalled,
              figure: (
                <>
                  <span className="font-semibold text-bad">{formatCount(stalled)}</span> of {formatCount(attempts)}
                </>
              ),
              colour: "var(--bad)",
            };
          })}
        />
      )}
    </section>
  );
}
