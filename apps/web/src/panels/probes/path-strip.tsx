import {
  formatEndpoint,
  type Hop,
  type InboundPath,
  leftOutText,
  type MailHostObservation,
  PATH_VERDICT_WORDS,
  pathLayout,
} from "@mxray/contracts";
import { ArrowLeft, ArrowRight, Mailbox, Router, Server, Unplug } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import type { HostView } from "../../api/host-view.ts";
import { Card } from "../../ui/card.tsx";
import { HostName } from "../../ui/host-name.tsx";

/** So many routers share one line of a wide screen; the others go on in the next. */
const MOST_IN_A_ROW = 4;

/** The way to the mail host, router by router, what passes on either side of the place where packets become too big, and the way back. */
export function PathStrip({ host, from }: { host: HostView; from: string }) {
  const { observation } = host;
  if (observation === null) return null;
  const { path } = observation;
  const { broken, placed, before, within, behind, passesBefore, passes } = pathLayout(path);
  const routers = before.length + within.length + behind.length;
  const blocked = path.portBlockedAt?.ttl ?? null;
  const router = (hop: Hop) => <RouterStation hop={hop} blocked={blocked === hop.ttl} />;
  return (
    <Card title="The path" aside={<Directions observation={observation} />}>
      <div className="@container">
        <ol
          className={`flex flex-col sm:flex-row sm:items-center sm:gap-y-3 ${routers > MOST_IN_A_ROW ? "sm:flex-wrap" : "sm:max-lg:flex-wrap"}`}
          data-testid="path-strip"
        >
          <Station
            icon={<Server size={17} aria-hidden />}
            title={from}
            lines={[path.localMtu === null ? "this end" : `this end, MTU ${path.localMtu}`]}
            mark={blocked === 0 ? "port blocked here" : null}
          />
          {before.map((hop) => (
            <Fragment key={hop.ttl}>
              <Span passes={passesBefore} />
              {router(hop)}
            </Fragment>
          ))}
          {broken && <Break mtu={passes} placed={placed} within={within} />}
          {behind.map((hop) => (
            <Fragment key={hop.ttl}>
              {router(hop)}
              <Span passes={passes} />
            </Fragment>
          ))}
          {!broken && <Span passes={routers > 0 ? null : passes} sketched={routers === 0} />}
          <Station
            icon={<Mailbox size={17} aria-hidden />}
            title={host.name ?? host.address}
            lines={[host.name === null ? `port ${host.port}` : formatEndpoint(host.address, host.port)]}
          />
        </ol>
      </div>
      <WayBack inbound={path.inbound} />
      <Suspects observation={observation} />
      <LeftOut observation={observation} />
    </Card>
  );
}

function RouterStation({ hop, blocked }: { hop: Hop; blocked: boolean }) {
  const { ttl, addresses, name, as, large, largeMtu } = hop;
  const owner = as === null ? "" : `AS${as.number} ${as.name}`.trim();
  const [first, ...others] = addresses;
  return (
    <Station
      icon={<Router size={17} aria-hidden />}
      title={first ?? "no answer"}
      lines={[
        ...(others.length === 0 ? [] : [`or ${others.slice(0, 2).join(", ")}${others.length > 2 ? ` and ${others.length - 2} more` : ""}`]),
        name ?? "",
        owner,
        ...(large === "frag-needed" ? [`says: at most ${largeMtu ?? "?"} bytes`] : []),
        `hop ${ttl}`,
      ]}
      tip={[addresses.join(", "), name, owner].filter(Boolean).join(" · ")}
      mark={blocked ? "port blocked here" : null}
      faint={first === undefined}
    />
  );
}

function Station({ icon, title, lines, tip = title, mark = null, faint = false }: StationProps) {
  return (
    <li
      title={tip}
      className={`flex min-w-0 items-center gap-2.5 rounded-lg border bg-raised px-3 py-2 sm:max-w-60 sm:min-w-28 ${mark === null ? "border-line" : "border-bad"} ${faint ? "border-dashed" : ""}`}
    >
      <span className="text-faint sm:@max-6xl:hidden">{icon}</span>
      <span className="min-w-0">
        <span className={`block font-mono text-[13px] wrap-anywhere ${faint ? "text-soft italic" : "font-semibold"}`}>
          <HostName name={title} />
        </span>
        {lines
          .filter((line) => line !== "")
          .map((line) => (
            <span key={line} className="line-clamp-2 text-xs wrap-anywhere text-soft">
              {line}
            </span>
          ))}
        {mark !== null && <span className="block text-xs font-semibold text-bad">{mark}</span>}
      </span>
    </li>
  );
}

interface StationProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly lines: readonly string[];
  /** On hover, where not all is to be read. */
  readonly tip?: string;
  readonly mark?: string | null;
  readonly faint?: boolean;
}

/** A part of the way on which nothing is wrong, or of which nothing is known. */
function Span({ passes, sketched = false }: { passes: number | null; sketched?: boolean }) {
  const dashes = sketched ? "border-dashed" : "";
  return (
    <li className="flex min-h-5 items-center sm:min-w-18 sm:flex-1 sm:flex-col sm:px-1">
      <span className={`ml-5 min-h-5 self-stretch border-l-2 border-line sm:hidden ${dashes}`} aria-hidden />
      <span className="px-2 text-xs whitespace-nowrap text-soft sm:px-0">{passes === null ? "" : `${passes} pass`}</span>
      <span className={`hidden w-full border-t-2 border-line sm:block ${dashes}`} aria-hidden />
    </li>
  );
}

/** Where packets become too big: between two stations, or somewhere among silent ones. */
function Break({ mtu, placed, within }: { mtu: number | null; placed: boolean; within: readonly Hop[] }) {
  const lost = mtu === null ? "lost" : `more than ${mtu} lost`;
  return (
    <li className="grid grid-cols-[auto_1fr] items-center gap-x-2 py-1.5 text-xs text-bad sm:flex sm:min-w-38 sm:flex-1 sm:flex-col sm:gap-0.5 sm:px-1 sm:py-0">
      <span className="col-start-2 font-bold whitespace-nowrap">{placed ? lost : `${lost} on the way`}</span>
      <span className="col-start-1 row-span-2 row-start-1 flex items-center max-sm:ml-2.5 sm:w-full">
        <span className="hidden flex-1 border-t-2 border-dashed border-bad sm:block" aria-hidden />
        <Unplug size={20} aria-hidden className="mx-1 shrink-0" />
        <span className="hidden flex-1 border-t-2 border-dashed border-bad sm:block" aria-hidden />
      </span>
      <span className="col-start-2 text-soft sm:text-center">
        {[...(mtu === null ? [] : [`${mtu} pass`]), ...silence(within)].join(", ")}
      </span>
    </li>
  );
}

function silence(hops: readonly Hop[]): string[] {
  const [first, last] = [hops[0], hops.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [first === last ? `hop ${first.ttl} does not answer` : `hops ${first.ttl} to ${last.ttl} do not answer`];
}

/** The direction from the mail host to us; of that only its end can be seen, so no router is named. */
function WayBack({ inbound: { verdict, mtu } }: { inbound: InboundPath }) {
  if (verdict !== "black-hole" && (verdict !== "clear" || mtu === null)) return null;
  const hole = verdict === "black-hole";
  const line = `flex-1 border-t-2 ${hole ? "border-dashed border-bad" : "border-line"}`;
  return (
    <p className={`mt-3 flex items-center text-xs ${hole ? "font-bold text-bad" : "text-soft"}`} data-testid="way-back">
      <ArrowLeft size={16} aria-hidden className={`-mr-1.5 shrink-0 ${hole ? "" : "text-faint"}`} />
      <span className={line} aria-hidden />
      {hole && <Unplug size={20} aria-hidden className="mx-1 shrink-0" />}
      <span className="px-2">
        way back: {hole ? (mtu === null ? "large packets lost" : `more than ${mtu} lost, ${mtu} pass`) : `${mtu} pass`}
      </span>
      <span className={line} aria-hidden />
    </p>
  );
}

/** Whom to ask, our own side first: a hole looks the same whoever keeps the router's message back. */
function Suspects({ observation: { path, family } }: { observation: MailHostObservation }) {
  const message = family === 4 ? "ICMP type 3 code 4" : "ICMPv6 type 2";
  const sentences = [];
  if (path.outbound.verdict === "black-hole") {
    const where =
      path.lostBetween === null
        ? "Where large packets are dropped is not known."
        : `Packets of more than ${path.outbound.mtu} bytes are dropped between ${stationName(path.lostBetween[0].ttl)} and hop ${path.lostBetween[1].ttl}.`;
    sentences.push(
      `${where} This test cannot show where the router’s ICMP message (${message}) is lost. First suspect: our own firewall, on this machine or in front of it; then that router; then any device on the message’s way back.`,
    );
  }
  if (path.inbound.verdict === "black-hole") {
    sentences.push(
      `This test cannot show where packets are dropped on the way back. First suspect: the mail host’s own firewall, dropping ${message}; then the routers on the way.`,
    );
  }
  return sentences.map((sentence) => (
    // On paper the evidence says it.
    <p key={sentence} className="no-print mt-3 text-sm text-soft">
      {sentence}
    </p>
  ));
}

function LeftOut({ observation }: { observation: MailHostObservation }) {
  const text = leftOutText(observation);
  return text === null ? null : (
    <p className="mt-3 text-sm text-soft" data-testid="left-out">
      {text}
    </p>
  );
}

function stationName(ttl: number): string {
  return ttl === 0 ? "this machine" : `hop ${ttl}`;
}

function Directions({ observation: { path } }: { observation: MailHostObservation }) {
  return (
    <span className="flex flex-wrap gap-x-4">
      <Direction icon={<ArrowRight size={14} aria-hidden />} name="outbound" path={path.outbound} />
      <Direction icon={<ArrowLeft size={14} aria-hidden />} name="inbound" path={path.inbound} />
    </span>
  );
}

function Direction({ icon, name, path: { verdict, mtu } }: { icon: ReactNode; name: string; path: Pick<InboundPath, "verdict" | "mtu"> }) {
  const bad = verdict === "black-hole" || verdict === "cliff";
  return (
    <span className={`inline-flex items-center gap-1 ${bad ? "font-semibold text-bad" : ""}`}>
      {icon} {name}: {PATH_VERDICT_WORDS[verdict]}
      {mtu !== null && `, ${mtu} bytes`}
    </span>
  );
}
