import type { LogScan } from "@mxray/contracts";
import { formatCount } from "../../format/numbers.ts";
import { Card } from "../../ui/card.tsx";

/** What mxray could not read of mail programs' lines; nothing where it read them all. */
export function NotUnderstoodPanel({ lines, programs }: LogScan["summary"]["notUnderstood"]) {
  if (lines === 0) return null;
  return (
    <Card title="Unrecognised lines" aside={linesText(lines)}>
      <p className="text-sm text-soft">
        Mail programs wrote these lines in a form that mxray does not recognise. No chart or finding includes them. One example per program:
      </p>
      <ul className="mt-2 space-y-2 text-sm">
        {programs.map(({ program, lines: count, example }) => (
          <li key={program}>
            <p className="wrap-anywhere">
              <span className="font-mono text-[13px]">{program}</span>: {linesText(count)}
            </p>
            <p className="font-mono text-[13px] wrap-anywhere">{example.text}</p>
            <p className="text-xs text-faint">line {formatCount(example.line)}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function linesText(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "line" : "lines"}`;
}
