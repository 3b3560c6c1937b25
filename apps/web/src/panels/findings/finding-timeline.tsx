import type { Evidence, FindingChange, ProbeSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { Radar, ScrollText } from "lucide-react";
import type { ReactNode } from "react";
import { formatAgo, formatCount } from "../../format/numbers.ts";
import { CHANGE_TONES } from "../../format/words.ts";
import { Card } from "../../ui/card.tsx";
import { Time } from "../../ui/time.tsx";
import { ToneIcon } from "../../ui/tone-icon.tsx";
import { type AddressEvidence, evidenceByAddress } from "./evidence-by-address.ts";

const RUN_MS = 60_000;
/** Beyond this, how long ago it was is a date, which the time has already. */
const AGO_MS = 86_400_000;

interface Moment {
  readonly key: string;
  readonly at: string;
  readonly icon: ReactNode;
  readonly title: ReactNode;
  readonly groups: readonly AddressEvidence[];
}

/** What probes measured, what logs told and what people decided, on one time line; the oldest first. */
export function FindingTimeline({
  evidence,
  life,
  probes,
  peer,
}: {
  evidence: readonly Evidence[];
  life: readonly FindingChange[];
  probes: readonly ProbeSummary[];
  /** Name or address; null where it is about this server. */
  peer: string | null;
}) {
  // Those with which its life changed are told there.
  const others = probes.filter(({ id }) => life.every(({ probeId }) => probeId !== id));
  const moments = [...life.map(changeMoment), ...evidenceMoments(evidence), ...others.map(probeMoment)].toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  );
  const observed = evidence.length === 1 ? "1 observation" : `${formatCount(evidence.length)} observations`;
  return (
    <Card
      title="Evidence and history"
      aside={
        peer === null ? (
          observed
        ) : (
          <>
            {observed} of{" "}
            <Link
              to="/peers/$peer"
              params={{ peer }}
              className="font-mono text-[13px] text-accent underline underline-offset-2 wrap-anywhere"
            >
              {peer}
            </Link>
          </>
        )
      }
    >
      <ol className="relative space-y-4" data-testid="timeline">
        {moments.map(({ key, at, icon, title, groups }) => (
          <li key={key} className="grid grid-cols-[18px_1fr] gap-x-3 sm:grid-cols-[18px_1fr_auto]">
            <span className="pt-0.5">{icon}</span>
            <div className="min-w-0">
              <p className="font-semibold">{title}</p>
              {groups.map(({ address, texts }) => (
                <div key={address} className="mt-1 max-w-[110ch] text-sm text-soft">
                  {address !== null && <p className="mt-2 font-mono text-[13px] font-semibold text-ink">{address}</p>}
                  <ul className="space-y-1">
                    {texts.map((text) => (
                      <li key={text} className="whitespace-pre-line wrap-anywhere">
                        {text}
                      </li>
                    ))}
                  </ul>
                </div>
              ))}
            </div>
            <span className="col-start-2 text-xs text-faint sm:col-start-auto sm:pt-1">
              <Time at={at} />
              {Date.now() - Date.parse(at) < AGO_MS && ` · ${formatAgo(at)}`}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function changeMoment({ at, change, probeId, note }: FindingChange, index: number): Moment {
  return {
    key: `life ${index}`,
    at,
    icon: <ToneIcon tone={CHANGE_TONES[change]} />,
    title: (
      <>
        {changeWords(change, probeId)}{" "}
        {probeId !== null && <ProbeLink id={probeId}>{change === "fixed" ? "See the proof" : "See the probe"}</ProbeLink>}
      </>
    ),
    groups: note === null ? [] : [{ address: null, texts: [note] }],
  };
}

function changeWords(change: FindingChange["change"], probeId: string | null): string {
  switch (change) {
    case "opened":
      return probeId === null ? "Seen first" : "First detected by a probe";
    case "acknowledged":
      return "Acknowledged";
    case "dismissed":
      return "Dismissed";
    case "fixed":
      return probeId === null ? "Fixed: no longer in the logs" : "Fixed: a probe proved it gone.";
    case "withdrawn":
      return "Withdrawn: improved rules do not conclude this from the same measurements";
    case "reopened":
      return probeId === null ? "Opened again" : "Opened again by a probe";
  }
}

/** What one source told within a minute belongs together. */
function evidenceMoments(evidence: readonly Evidence[]): Moment[] {
  const runs: Evidence[][] = [];
  for (const row of evidence.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const together = before?.source === row.source && Date.parse(row.at) - Date.parse(before.at) < RUN_MS;
    if (together) run?.push(row);
    else runs.push([row]);
  }
  return runs.map((rows, index) => {
    const log = rows[0]?.source === "log";
    const Icon = log ? ScrollText : Radar;
    return {
      key: `evidence ${index}`,
      at: rows[0]?.at ?? "",
      icon: <Icon size={18} aria-hidden className="text-accent" />,
      title: rows[0]?.source === "host" ? "Measured on this machine" : log ? "From the log" : "A probe measured",
      groups: evidenceByAddress(rows),
    };
  });
}

function probeMoment({ id, target, finishedAt, createdAt }: ProbeSummary): Moment {
  return {
    key: `probe ${id}`,
    at: finishedAt ?? createdAt,
    icon: <Radar size={18} aria-hidden className="text-faint" />,
    title: (
      <>
        Seen in a probe: <ProbeLink id={id}>{target}</ProbeLink>
      </>
    ),
    groups: [],
  };
}

function ProbeLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link to="/diagnose/$id" params={{ id }} className="font-normal text-accent underline underline-offset-2 wrap-anywhere">
      {children}
    </Link>
  );
}
