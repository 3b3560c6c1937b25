import type { Rung } from "@mxray/contracts";
import { useState } from "react";
import type { HostView } from "../../api/host-view.ts";
import { formatMs } from "../../format/numbers.ts";
import { RUNG_TONES, RUNG_WORDS } from "../../format/words.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { Segments } from "../../ui/segments.tsx";
import { LadderPictureView } from "./ladder-picture.tsx";
import { ladderStrips } from "./ladder-strips.ts";

const TABS = { packet: "Packet sizes", payload: "Message sizes", table: "Table" } as const;
type Tab = keyof typeof TABS;

/** The ladder as a picture and, for screen readers and those who want figures, as a table. */
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
            <LadderPictureView picture={ladderStrips(rungs, tab, wayOf(host))} unit={tab} host={host.name ?? host.address} />
          )}
          <div className={tab === "table" ? "max-h-96 overflow-auto" : "sr-only"}>
            <LadderTable rungs={rungs} pathMtu={pathMtu} localMtu={localMtu} />
          </div>
          {tab === "payload" && <SegmentNote rungs={rungs} />}
          {outbound !== null && outbound.reason !== "" && <p className="mt-3 text-sm text-soft">{outbound.reason}</p>}
        </>
      )}
    </Card>
  );
}

function wayOf({ observation, outbound }: HostView) {
  return { hops: observation?.path.hops ?? [], lostBetween: observation?.path.lostBetween ?? null, narrow: outbound?.narrow };
}

/** Message data that arrives in small segments does not disprove a black hole. */
function SegmentNote({ rungs }: { rungs: readonly Rung[] }) {
  const sizes = new Set(rungs.filter(({ unit }) => unit === "payload").map(({ clampedMss }) => clampedMss));
  const limits = [...sizes].filter((size) => size !== null);
  if (limits.length !== sizes.size) return null;
  const least = Math.min(...limits);
  const most = Math.max(...limits);
  return (
    <p className="mt-3 text-sm text-soft">
      Message data was sent in segments of at most {least === most ? most : `${least} to ${most}`} bytes.
    </p>
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
