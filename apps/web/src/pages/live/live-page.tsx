import type { LiveDeliveries, LiveDelivery } from "@mxray/contracts";
import { formatEndpoint } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { formatCount, formatDuration, formatSize } from "../../format/numbers.ts";
import { MachineHeader } from "../../panels/host/machine-header.tsx";
import { ProbeButton } from "../../panels/probes/probe-button.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { liveStallText } from "./live-stall-text.ts";

const route = getRouteApi("/live");
const COLUMNS = ["State", "Peer", "What the kernel sees", { figures: "Acknowledged" }, { figures: "Received" }, ""] as const;

/** The SMTP connections of a machine that mxray or an agent runs on, stalled ones first. */
export function LivePage() {
  usePageTitle("Live deliveries");
  const { agent } = route.useSearch();
  const live = useQuery({ queryKey: ["live", agent], queryFn: () => api.live({ agent }) });
  return (
    <div className="space-y-4">
      <MachineHeader title="Live deliveries" page="/live" agent={agent}>
        SMTP connections of {agent ?? "this machine"} (ports 25, 465, 587), read from its kernel every 2 seconds. A stall appears here
        minutes before the mail server gives up and logs it. It does not show the cause; a probe does.
      </MachineHeader>
      <Answers to={[live]}>{(view) => <Deliveries view={view} agent={agent} />}</Answers>
    </div>
  );
}

function Deliveries({ view: { missing, count, deliveries }, agent }: { view: LiveDeliveries; agent: string | undefined }) {
  if (missing !== null) return <p className="py-12 text-center text-soft">{missing}</p>;
  const all = count.inbound + count.outbound;
  const total = `${formatCount(count.outbound)} outbound, ${formatCount(count.inbound)} inbound, ${formatCount(count.stalled)} stalled`;
  return (
    <Card title="Connections" aside={total}>
      {all === 0 ? (
        <p className="py-8 text-center text-soft">This machine has no SMTP connections at the moment.</p>
      ) : (
        <div className="overflow-x-auto">
          <DataTable
            caption={all > deliveries.length ? `The first ${formatCount(deliveries.length)} of ${formatCount(all)}` : "All connections"}
            columns={COLUMNS}
            rows={deliveries.map((one) => ({ key: one.id, cells: cellsOf(one, agent) }))}
          />
        </div>
      )}
    </Card>
  );
}

function cellsOf(one: LiveDelivery, agent: string | undefined) {
  const { state, forMs, direction, peer, mailPort, bytesAcked, bytesReceived } = one;
  const lasting = state === "moving" ? "" : ` for ${formatDuration(Math.floor(forMs / 1000))}`;
  const isStalled = state === "stalled";
  return [
    <span key="state" className="whitespace-nowrap">
      <Badge tone={isStalled ? "bad" : state === "quiet" ? "info" : "ok"}>
        {`${state === "quiet" ? "Quiet" : isStalled ? "Stalled" : "Moving"}${lasting}`}
      </Badge>
    </span>,
    <span key="peer" className="whitespace-nowrap">
      {direction === "outbound" ? "to " : "from "}
      <Link to="/peers/$peer" params={{ peer: peer.address }} className="text-accent underline underline-offset-2">
        {peer.address}
      </Link>
      {`, port ${mailPort}`}
    </span>,
    isStalled ? liveStallText(one) : state === "quiet" ? "No data is outstanding; one side waits for the other." : "Data gets through.",
    <span key="acknowledged" className="whitespace-nowrap">
      {formatSize(bytesAcked)}
    </span>,
    <span key="received" className="whitespace-nowrap">
      {formatSize(bytesReceived)}
    </span>,
    isStalled && direction === "outbound" ? (
      <ProbeButton key="probe" target={formatEndpoint(peer.address, peer.port)} agent={agent} />
    ) : null,
  ];
}
