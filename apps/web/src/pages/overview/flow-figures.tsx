import { DIRECTIONS, type Direction, LOG_OUTCOMES, type LogOutcome, type LogSeries } from "@mxray/contracts";
import { LOG_OUTCOME_WORDS } from "../../format/log-words.ts";
import { formatCount } from "../../format/numbers.ts";

const DIRECTION_NAMES: Record<Direction, string> = { outbound: "Outgoing", inbound: "Incoming" };
const LOOKS: Record<LogOutcome, string> = {
  sent: "text-ok",
  deferred: "text-warn",
  bounced: "text-info",
  expired: "text-info",
  stalled: "text-bad",
};

/** What became of mail in figures, in each direction. */
export function FlowFigures({ series }: { series: Record<Direction, LogSeries> }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm tabular-nums">
        <thead>
          <tr className="text-soft">
            <th scope="col" className="sr-only">
              Direction
            </th>
            {LOG_OUTCOMES.map((outcome) => (
              <th key={outcome} scope="col" className="pb-1 pl-3 text-right text-xs font-semibold">
                {LOG_OUTCOME_WORDS[outcome]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DIRECTIONS.toReversed().map((direction) => (
            <tr key={direction} className="border-t border-line">
              <th scope="row" className="py-1.5 text-left font-semibold">
                {DIRECTION_NAMES[direction]}
              </th>
              {LOG_OUTCOMES.map((outcome) => {
                const count = sumOf(series[direction], outcome);
                return (
                  <td
                    key={outcome}
                    className={`py-1.5 pl-3 text-right text-base font-semibold sm:text-lg ${count === 0 ? "text-faint" : LOOKS[outcome]}`}
                  >
                    {formatCount(count)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sumOf({ outcomes }: LogSeries, outcome: LogOutcome): number {
  return outcomes.reduce((sum, each) => (each.outcome === outcome ? sum + each.count : sum), 0);
}
