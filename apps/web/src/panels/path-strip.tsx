import type { Hop, HopOwner, MailHostObservation } from "@mxray/contracts";
import { ArrowLeft, ArrowRight, Mailbox, Router, Server, Unplug } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import type { HostView } from "../api/host-view.ts";
import { Card } from "../ui/card.tsx";

/** The way to the mail host, router by router, with the place between which packets become too big. */
export function PathStrip({ host, from }: { host: HostView; from: string }) {
  const { observation } = host;
  if (observation === null) return null;
  const { path } = observation;
  const broken = path.outbound.verdict === "black-hole";
  const hops = path.hops.filter(({ final }) => !final);
  const blocked = path.portBlockedAt;
  return (
    <Card title="The path" aside={<Directions observation={observation} />}>
      <ol className="flex flex-col gap-1 sm:flex-row sm:flex-wrap sm:items-stretch">
        <Node icon={<Server size={17} aria-hidden />} title={from} lines={[mtuLine("MTU", path.localMtu), "this end"]} />
        {hops.map((hop, index) => (
          <Fragment key={hop.ttl}>
            <Link breaks={breaksBefore(path.lostBetween, hop.ttl)} mtu={path.outbound.mtu} />
            <Node
              icon={<Router size={17} aria-hidden />}
              title={hop.address ?? "no answer"}
              lines={[hop.name ?? "", ownerLine(hop), `hop ${hop.ttl}`]}
              mark={blocked !== null && blocked.ttl === hop.ttl ? "port blocked here" : null}
              faint={hop.address === null}
              label={`Hop ${index + 1}`}
            />
          </Fragment>
        ))}
        <Link
          breaks={path.lostBetween !== null && !hops.some(({ ttl }) => breaksBefore(path.lostBetween, ttl))}
          unknown={hops.length === 0}
          mtu={broken && path.lostBetween === null && hops.length === 0 ? path.outbound.mtu : null}
          {...(path.lostBetween === null ? {} : { mtu: path.outbound.mtu })}
        />
        <Node
          icon={<Mailbox size={17} aria-hidden />}
          title={host.name ?? host.address}
          lines={[host.name === null ? "" : host.address, `port ${host.port}`]}
        />
      </ol>
      {path.lostBetween !== null && (
        <p className="mt-3 text-sm text-soft">
          Packets of more than {path.outbound.mtu} bytes become too big between hop {path.lostBetween[0].ttl} and hop{" "}
          {path.lostBetween[1].ttl}. Who keeps the router’s message from the sender is not told by this: check the firewall at this end
          first, then that router, then the way back.
        </p>
      )}
    </Card>
  );
}

function breaksBefore(lostBetween: readonly [HopOwner, HopOwner] | null, ttl: number): boolean {
  return lostBetween !== null && lostBetween[1].ttl === ttl;
}

function mtuLine(word: string, mtu: number | null): string {
  return mtu === null ? "" : `${word} ${mtu}`;
}

function ownerLine({ as }: Hop): string {
  return as === null ? "" : `AS${as.number} ${as.name}`;
}

function Node({ icon, title, lines, mark = null, faint = false, label }: NodeProps) {
  return (
    <li
      aria-label={label}
      className={`flex min-w-0 items-center gap-2.5 rounded-lg border bg-raised px-3 py-2 sm:max-w-64 ${mark === null ? "border-line" : "border-bad"} ${faint ? "opacity-70" : ""}`}
    >
      <span className="text-faint">{icon}</span>
      <span className="min-w-0">
        <span className="block font-mono text-[13px] font-semibold wrap-anywhere">{title}</span>
        {lines
          .filter((line) => line !== "")
          .map((line) => (
            <span key={line} className="block truncate text-xs text-soft" title={line}>
              {line}
            </span>
          ))}
        {mark !== null && <span className="block text-xs font-semibold text-bad">{mark}</span>}
      </span>
    </li>
  );
}

interface NodeProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly lines: readonly string[];
  readonly mark?: string | null;
  readonly faint?: boolean;
  readonly label?: string;
}

function Link({ breaks, mtu, unknown = false }: { breaks: boolean; mtu: number | null; unknown?: boolean }) {
  if (breaks) {
    return (
      <li className="flex items-center gap-1.5 px-1 py-1 text-bad sm:flex-col sm:justify-center sm:gap-0 sm:px-2">
        <Unplug size={20} aria-hidden />
        <span className="text-xs font-bold whitespace-nowrap">{mtu === null ? "lost here" : `more than ${mtu} lost`}</span>
      </li>
    );
  }
  return (
    <li aria-hidden={!unknown} className="flex items-center pl-4 text-xs text-faint sm:pl-0">
      <span className={`h-4 w-px sm:h-px sm:w-5 ${unknown ? "border-l border-dashed border-line sm:border-t" : "bg-line"}`} />
      {unknown && <span className="px-2 whitespace-nowrap">{mtu === null ? "the internet" : `more than ${mtu} lost on the way`}</span>}
      {unknown && <span className="hidden h-px w-5 border-t border-dashed border-line sm:block" />}
    </li>
  );
}

const VERDICT_WORDS = {
  clear: "clear",
  "pmtud-works": "smaller, and told so",
  "black-hole": "black hole",
  cliff: "stops at a size",
  lossy: "loses packets",
  inconclusive: "not settled",
  "not-tested": "not tested",
} as const;

function Directions({ observation: { path } }: { observation: MailHostObservation }) {
  const tone = (verdict: keyof typeof VERDICT_WORDS) => (verdict === "black-hole" || verdict === "cliff" ? "font-semibold text-bad" : "");
  return (
    <span className="flex flex-wrap gap-x-4">
      <span className={`inline-flex items-center gap-1 ${tone(path.outbound.verdict)}`}>
        <ArrowRight size={14} aria-hidden /> outbound: {VERDICT_WORDS[path.outbound.verdict]}
        {path.outbound.mtu !== null && `, ${path.outbound.mtu} bytes`}
      </span>
      <span className={`inline-flex items-center gap-1 ${tone(path.inbound.verdict)}`}>
        <ArrowLeft size={14} aria-hidden /> inbound: {VERDICT_WORDS[path.inbound.verdict]}
        {path.inbound.mtu !== null && `, ${path.inbound.mtu} bytes`}
      </span>
    </span>
  );
}
