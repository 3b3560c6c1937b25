import { formatEndpoint, type HopOwner, type ProbeReport } from "@mxray/contracts";
import type { ReactNode } from "react";
import { CONFIDENCE_WORDS } from "../../format/words.ts";
import { Time } from "../../ui/time.tsx";

/** The five things that a network engineer asks first. */
export function KeyFacts({ report }: { report: ProbeReport }) {
  const [worst] = report.findings;
  if (worst === undefined) return null;
  const host = report.hosts.find(({ address }) => address === worst.subject.address);
  const inbound = worst.code === "pmtu-black-hole-inbound";
  const mtu = inbound ? host?.path.inbound.mtu : host?.path.outbound.mtu;
  const between = host?.path.lostBetween ?? null;
  const to = host === undefined ? report.target : formatEndpoint(host.address, host.port);
  const hole = inbound || worst.code === "pmtu-black-hole";
  const facts: [string, ReactNode][] = [
    ["Direction", inbound ? `${to} → ${report.vantage.host}` : `${report.vantage.host} → ${to}`],
    ...(mtu == null ? [] : [["Largest packet that arrives", `${mtu} bytes`] as [string, ReactNode]]),
    ...(hole && between !== null
      ? [["Too big between", `${hopWords(between[0])} and ${hopWords(between[1])}`] as [string, ReactNode]]
      : []),
    ["How sure", CONFIDENCE_WORDS[worst.confidence]],
    ["Measured", <Time key="measured" at={report.startedAt} />],
  ];
  return (
    <dl className="grid gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-2 lg:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]">
      {facts.map(([name, value]) => (
        <div key={name} className="bg-card px-4 py-3">
          <dt className="text-xs font-semibold text-soft">{name}</dt>
          <dd className="mt-0.5 font-mono text-sm font-semibold break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function hopWords({ ttl, address, name }: HopOwner): string {
  return `${address ?? "no answer"}${name === null ? "" : ` (${name})`}, hop ${ttl}`;
}
