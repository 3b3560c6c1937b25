import type { Evidence } from "@mxray/contracts";
import { Card } from "../../ui/card.tsx";
import { Time } from "../../ui/time.tsx";

/** How we know: what was measured, one line each. */
export function EvidencePanel({ evidence }: { evidence: readonly Evidence[] }) {
  const [first] = evidence;
  if (first === undefined) return null;
  return (
    <Card
      title="How we know"
      aside={
        <>
          measured <Time at={first.at} show="zoned" />
        </>
      }
    >
      <ol className="grid gap-x-8 gap-y-2.5 lg:grid-cols-2 print:block print:columns-2">
        {evidence.map(({ text }, index) => (
          <li key={text} className="grid grid-cols-[1.6rem_1fr] items-baseline print:mb-1">
            <span className="font-mono text-xs text-faint" aria-hidden>
              {index + 1}
            </span>
            <span className="break-words">{text}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
