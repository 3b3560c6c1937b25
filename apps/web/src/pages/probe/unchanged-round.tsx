/** A round that changed nothing says so, and what it measured itself; the rest of its page is of the round that it repeats. */
import type { ProbeDetail, ProbeReport, RoundMeasures } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { formatBytes, formatMs } from "../../format/numbers.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";

export function UnchangedRoundNote({ probe: { unchanged, report } }: { probe: ProbeDetail }) {
  if (unchanged === null) return null;
  const { sameAs, sameAt, hosts } = unchanged;
  if (sameAs === null || sameAt === null || report === null) {
    return <Message tone="info">This round changed nothing. The round with the full measurements was deleted.</Message>;
  }
  return (
    <Message
      tone="info"
      action={
        <Link to="/diagnose/$id" params={{ id: sameAs }} className={buttonClass()}>
          Show that round
        </Link>
      }
    >
      This round changed nothing: it found the same as the round of <Time at={sameAt} />, whose measurements are shown below. Its own:
      <ul className="mt-1 list-disc pl-5">
        {hosts.map((host, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order of the report's hosts
          <li key={index}>{measuresOf(host, report.hosts[index])}</li>
        ))}
      </ul>
    </Message>
  );
}

function measuresOf({ outboundMtu, inboundMtu, stagesMs, connections }: RoundMeasures, host: ProbeReport["hosts"][number] | undefined) {
  const stages = (host?.stages ?? []).flatMap(({ stage, outcome }, index) => {
    const ms = stagesMs[index];
    return ms === undefined || outcome === "skipped" || outcome === "not-tested" ? [] : [`${stage} ${formatMs(ms)}`];
  });
  const mtu = (bytes: number | null) => (bytes === null ? "unknown" : formatBytes(bytes));
  return [
    `${host?.name ?? host?.address ?? "Mail host"}: path MTU ${mtu(outboundMtu)} outbound, ${mtu(inboundMtu)} inbound`,
    `${connections} ${connections === 1 ? "connection" : "connections"}`,
    ...stages,
  ].join(" · ");
}
