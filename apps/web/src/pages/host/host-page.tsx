import { HOST_GAUGES, type HostHealth, type HostSample } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { formatCount } from "../../format/numbers.ts";
import { ChartZoom } from "../../panels/charts/chart-zoom.tsx";
import { TimeLinesPanel } from "../../panels/charts/time-lines-panel.tsx";
import { HostGaugeList } from "../../panels/host/host-gauge-list.tsx";
import { MachineHeader } from "../../panels/host/machine-header.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Card } from "../../ui/card.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";

const route = getRouteApi("/host");
const REFRESH_MS = 10_000;
const PRESSURE = [
  { key: "psiIoSome", name: "Disks" },
  { key: "psiMemorySome", name: "Memory" },
  { key: "psiCpuSome", name: "CPU" },
] as const;
const QUEUES = [
  { key: "queueIncoming", name: "Incoming" },
  { key: "queueActive", name: "Active" },
  { key: "queueDeferred", name: "Deferred" },
] as const;

/** A machine that mxray or an agent runs on: what it lacks first, then each resource against its limit. */
export function HostPage() {
  const { agent } = route.useSearch();
  const title = agent === undefined ? "Health of this machine" : `Health of ${agent}`;
  usePageTitle(title);
  const host = useQuery({ queryKey: ["host", agent], queryFn: () => api.host({ agent }), refetchInterval: REFRESH_MS });
  return (
    <div className="space-y-4">
      <MachineHeader title={title} page="/host" agent={agent}>
        Each resource against its limit, sampled every 10 seconds. A resource that stays at its limit for minutes opens a{" "}
        <Link to="/findings" search={{}} className="text-accent underline">
          finding
        </Link>
        .
      </MachineHeader>
      <Answers to={[host]}>{(health) => <Health health={health} />}</Answers>
    </div>
  );
}

function Health({ health: { sample, history } }: { health: HostHealth }) {
  if (sample === null) return <p className="py-12 text-center text-soft">No sample yet.</p>;
  const rows = history.map(({ at, values }) => ({ at: Date.parse(at), values }));
  const unread = unreadOf(sample);
  return (
    <>
      <Card title="Resources">
        <HostGaugeList sample={sample} />
      </Card>
      <ChartZoom>
        <TimeLinesPanel
          title="Pressure"
          note="Share of the time in which at least one task waited. High disk pressure with low CPU pressure: the disk holds back the mail server."
          nothing="This kernel does not measure pressure, or fewer than two samples exist."
          column="Sampled"
          rows={rows}
          lines={PRESSURE}
          format={(value) => `${Number(value.toFixed(1))} %`}
          value="share of time"
        />
        <TimeLinesPanel
          title="Mail queue"
          note="Messages in each queue of Postfix."
          nothing="The mail queue was not read."
          column="Sampled"
          rows={rows}
          lines={QUEUES}
          format={formatCount}
          value="messages"
        />
      </ChartZoom>
      {unread.length > 0 && (
        <Card title="Not measured">
          <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[auto_1fr]">
            {unread.map(({ gauge, why }) => (
              <div key={gauge} className="contents">
                <dt className="font-medium">{HOST_GAUGES[gauge]?.name ?? gauge}</dt>
                <dd className="text-soft">{why}</dd>
              </div>
            ))}
          </dl>
        </Card>
      )}
    </>
  );
}

function unreadOf({ gauges }: HostSample) {
  return Object.entries(gauges).flatMap(([gauge, { value, missing }]) =>
    value === null ? [{ gauge, why: missing ?? "It cannot be read." }] : [],
  );
}
