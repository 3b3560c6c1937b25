import {
  type ComparedPath,
  type HopOwner,
  hopLabel,
  hostLabelWithAddress,
  PATH_VERDICT_WORDS,
  type ProbeStatus,
  VANTAGE_FATE_WORDS,
  type VantageComparison,
  type VantageFate,
  type VantageHost,
} from "@mxray/contracts";
import { Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { CONFIDENCE_WORDS, type Tone } from "../../format/words.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { ComparedRow } from "./compared-row.tsx";

const FATE_TONES: Record<VantageFate, Tone> = { fails: "bad", works: "ok", unclear: "info" };

const UNDONE: Record<Exclude<ProbeStatus, "done">, string> = {
  queued: "this probe waits for its turn.",
  running: "this probe is running.",
  cancelled: "this probe was cancelled.",
  failed: "this probe failed.",
};

interface VantagesPanelProps {
  readonly vantages: VantageComparison;
  /** The vantage of the probe that is shown. */
  readonly own: string;
  readonly link?: (name: string, probeId: string) => ReactNode;
}

/** One target probed from several vantages: from where it works, and the paths laid over each other. */
export function VantagesPanel({ vantages: { vantages, hosts }, own, link }: VantagesPanelProps) {
  const names = vantages.map(({ name, probeId, practice }) => (
    <span key={name}>
      {name === own || probeId === null || link === undefined ? name : link(name, probeId)}
      {practice && <span className="font-normal text-soft"> (practice)</span>}
    </span>
  ));
  return (
    <Card title="From several vantages">
      <div data-testid="vantages" className="space-y-5">
        {hosts.map((host) => (
          <HostSides key={`${host.address} ${host.port}`} host={host} names={names} named={hosts.length > 1} />
        ))}
        {vantages.map(
          ({ name, status, error }) =>
            status !== "done" && (
              <p key={name} className="text-sm text-soft">
                {name}: {error ?? UNDONE[status]}
              </p>
            ),
        )}
      </div>
    </Card>
  );
}

function HostSides({ host, names, named }: { host: VantageHost; names: readonly ReactNode[]; named: boolean }) {
  const { sides, sentence, span } = host;
  return (
    <section>
      {named && <h3 className="mb-1 font-mono text-sm font-semibold wrap-anywhere">{hostLabelWithAddress(host)}</h3>}
      <p>{sentence}</p>
      {span !== null && (
        <p className="mt-1 flex items-start gap-2" data-testid="common-span">
          <Unplug size={18} aria-hidden className="mt-1 shrink-0 text-bad" />
          <span>
            <span className="font-semibold">{span.sentence}</span>
            {span.confidence !== null && <span className="text-soft"> {CONFIDENCE_WORDS[span.confidence]}</span>}
          </span>
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="mt-3 overflow-x-auto" tabIndex={0} aria-label={`Vantages side by side: ${hostLabelWithAddress(host)}`}>
        <table className="w-full text-left text-sm">
          <thead className="text-soft">
            <tr className="border-b border-line">
              <td className="py-1.5 pr-3" />
              {names.map((name, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the vantages keep their order
                <th key={index} scope="col" className="py-1.5 pr-4 font-semibold text-ink">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <ComparedRow
              name="Result"
              cells={sides.map((side) => side && <Badge tone={FATE_TONES[side.fate]}>{VANTAGE_FATE_WORDS[side.fate]}</Badge>)}
            />
            <ComparedRow name="Verdict" cells={sides.map((side) => side?.verdict?.code)} />
            <ComparedRow name="Outbound" cells={sides.map((side) => side && pathWords(side.outbound))} />
            <ComparedRow name="Inbound" cells={sides.map((side) => side && pathWords(side.inbound))} />
            <HopRows host={host} />
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** Aligned at the mail host, since paths come together on the way to it. */
function HopRows({ host: { sides, span } }: { host: VantageHost }) {
  const most = Math.max(0, ...sides.map((side) => side?.hops.length ?? 0));
  const suspects = suspectsOf(sides, span);
  const mark = span?.outcome === "link" ? "large packets are lost on the link to this hop" : "perhaps lost on the link to this hop";
  return Array.from({ length: most }, (_, row) => {
    const cells = sides.map((side) => {
      const hop = side?.hops[row - (most - side.hops.length)];
      if (hop === undefined) return null;
      return (
        <>
          <span className="font-mono text-[13px] wrap-anywhere">{hop.address === null ? "no answer" : hopLabel(hop)}</span>
          {suspects.has(hop) && <span className="block text-xs font-semibold text-bad">{mark}</span>}
        </>
      );
    });
    const left = most - 1 - row;
    return <ComparedRow key={left} name={left === 0 ? "Last hop" : `${left} before the last`} cells={cells} />;
  });
}

/** Stations at the far ends of suspected links: those of the span's own path, and the same ones on other failing paths. */
function suspectsOf(sides: VantageHost["sides"], span: VantageHost["span"]): ReadonlySet<HopOwner> {
  const failing = sides.filter((side) => side?.outbound.verdict === "black-hole").flatMap((side) => side?.hops ?? []);
  const spans = span?.spans ?? [];
  const far = new Set(spans.flatMap(({ stations }) => stations));
  return new Set(failing.filter(({ address }) => address !== null && far.has(address)));
}

function pathWords({ verdict, mtu }: ComparedPath): string {
  return [PATH_VERDICT_WORDS[verdict], ...(mtu === null ? [] : [`${mtu} bytes`])].join(", ");
}
