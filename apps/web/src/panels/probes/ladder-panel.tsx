import type { Rung } from "@mxray/contracts";
import { lazy, Suspense, useState } from "react";
import type { HostView } from "../../api/host-view.ts";
import { formatMs } from "../../format/numbers.ts";
import { RUNG_TONES, RUNG_WORDS } from "../../format/words.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { Segments } from "../../ui/segments.tsx";
import { WhenSeen } from "../../ui/when-seen.tsx";

const LadderChart = lazy(async () => ({ default: (await import("./ladder-chart.tsx")).LadderChart }));

const LOADING = <p className="grid h-full place-items-center text-soft">Loading the chart …</p>;

const TABS = { packet: "Packets", payload: "Message", table: "Table" } as const;
type Tab = keyof typeof TABS;

/** The ladder as charts and, for screen readers and those who want figures, as a table. */
export function LadderPanel({ host }: { host: HostView }) {
  const [chosen, choose] = useState<Tab>("packet");
  const { rungs, outbound, localMtu } = host;
  const has = (unit: Rung["unit"]) => rungs.some((rung) => rung.unit === unit);
  const tabs = (["packet", "payload", "table"] as const).filter((tab) => tab === "table" || has(tab));
  const tab = tabs.includes(chosen) ? chosen : (tabs[0] ?? "table");
  const pathMtu = outbound?.mtu ?? null;
  return (
    <Card
      title="Ladder: delivered by size"
      aside={
        rungs.length > 0 && (
          <span className="no-print">
            <Segments options={tabs} names={TABS} chosen={tab} choose={choose} />
          </span>
        )
      }
      className="lg:col-span-2 print:col-span-2"
    >
      {rungs.length === 0 ? (
        <p className="py-10 text-center text-soft">
          {host.observation === null ? "Nothing has been sent yet." : (outbound?.reason ?? "The ladder was not run.")}
        </p>
      ) : (
        <>
          {tab !== "table" && (
            <figure className="m-0" aria-hidden>
              <div className="h-72 sm:h-80 print:h-auto">
                <WhenSeen fallback={LOADING}>
                  <Suspense fallback={LOADING}>
                    <LadderChart rungs={rungs} unit={tab} pathMtu={pathMtu} localMtu={localMtu} />
                  </Suspense>
                </WhenSeen>
              </div>
            </figure>
          )}
          <div className={tab === "table" ? "max-h-96 overflow-auto" : "sr-only"}>
            <LadderTable rungs={rungs} pathMtu={pathMtu} localMtu={localMtu} />
          </div>
          {outbound !== null && outbound.reason !== "" && <p className="mt-3 text-sm text-soft">{outbound.reason}</p>}
        </>
      )}
    </Card>
  );
}

function LadderTable({ rungs, pathMtu, localMtu }: { rungs: readonly Rung[]; pathMtu: number | null; localMtu: number | null }) {
  return (
    <table className="w-full text-left text-sm" data-testid="ladder-table">
      <caption className="pb-2 text-left text-soft">
        {pathMtu === null ? "The path MTU was not found." : `Path MTU ${pathMtu} bytes.`}
        {localMtu !== null && ` Our own MTU is ${localMtu} bytes.`}
      </caption>
      <thead className="text-soft">
        <tr>
          {["Size (bytes)", "Of", "Outcome", "Time", "Sent again", "Connection"].map((title) => (
            <th key={title} scope="col" className="border-b border-line py-1.5 pr-4 font-medium whitespace-nowrap">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rungs.map((rung, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rungs only ever follow one another
          <tr key={index} className="border-b border-line last:border-0">
            <td className="py-1.5 pr-4 font-mono">{rung.size}</td>
            <td className="py-1.5 pr-4 whitespace-nowrap">{rung.unit === "packet" ? "IP packet" : "message"}</td>
            <td className="py-1.5 pr-4">
              <Badge tone={RUNG_TONES[rung.outcome]}>{RUNG_WORDS[rung.outcome]}</Badge>
            </td>
            <td className="py-1.5 pr-4 font-mono whitespace-nowrap">{formatMs(rung.ms)}</td>
            <td className="py-1.5 pr-4 font-mono">{rung.retransmits}</td>
            <td className="py-1.5 pr-4 font-mono">{rung.connection}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
