import { DIRECTIONS, type Direction, type LogOutcome, type LogSeries } from "@mxray/contracts";
import { formatCount } from "../../format/numbers.ts";

const DIRECTION_NAMES: Record<Direction, string> = { outbound: "Outgoing", inbound: "Incoming" };
/** As the chart beside it has them. */
const COLUMNS = [
  ["delivered", "text-ok", ["sent"]],
  ["deferred", "text-warn", ["deferred"]],
  ["given up", "text-info", ["bounced", "expired"]],
  ["stalled", "text-bad", ["stalled"]],
] as const satisfies readonly (readonly [string, string, readonly LogOutcome[]])[];

/** What became of mail in figures, in each direction. */
export function FlowFigures({ series }: { series: Record<Direction, LogSeries> }) {
  return (
    <table className="w-full text-sm tabular-nums">
      <thead>
        <tr className="text-soft">
          <th scope="col" className="sr-only">
            Direction
          </th>
          {COLUMNS.map(([name]) => (
            <th key={name} scope="col" className="pb-1 pl-3 text-right text-xs font-semibold">
              {name}
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
            {COLUMNS.map(([name, look, outcomes]) => {
              const count = sumOf(series[direction], outcomes);
              return (
                <td key={name} className={`py-1.5 pl-3 text-right text-base font-semibold sm:text-lg ${count === 0 ? "text-faint" : look}`}>
                  {formatCount(count)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sumOf(series: LogSeries, wanted: readonly LogOutcome[]): number {
  return series.outcomes.reduce((sum, { outcome, count }) => (wanted.includes(outcome) ? sum + count : sum), 0);
}
