import { type Finding, formatEndpoint } from "@mxray/contracts";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { toneOf } from "../../format/words.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** Several findings, of which one is read. */
export function FindingTabs({
  findings,
  chosen,
  choose,
}: {
  findings: readonly Finding[];
  chosen: number;
  choose: (index: number) => void;
}) {
  return (
    <ul className="no-print grid gap-2 sm:grid-cols-2 xl:grid-cols-3" aria-label={`${findings.length} findings`}>
      {findings.map((finding, index) => {
        const addresses = finding.subjects.flatMap(({ address, port }) =>
          address === null ? [] : formatEndpoint(address, port ?? undefined),
        );
        const about = addresses.length === 0 ? finding.subject.host : addresses.join(", ");
        return (
          <li key={`${finding.code} ${about}`}>
            <button
              type="button"
              aria-pressed={index === chosen}
              onClick={() => choose(index)}
              className={`flex h-full w-full items-start gap-2.5 rounded-xl border px-3.5 py-2.5 text-left ${index === chosen ? "border-accent bg-card" : "border-line bg-card hover:bg-raised"}`}
            >
              <span className="pt-0.5">
                <ToneIcon tone={finding.explainedBy === undefined ? toneOf(finding) : "info"} />
              </span>
              <span className="min-w-0">
                <span className="line-clamp-3 text-sm font-semibold">{finding.title}</span>
                {finding.explainedBy !== undefined && (
                  <span className="block text-xs text-soft">Explained by: {FINDING_NAMES[finding.explainedBy]}</span>
                )}
                {about !== null && <span className="block truncate font-mono text-xs text-soft">{about}</span>}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
