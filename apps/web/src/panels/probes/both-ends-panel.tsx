import { type BothEndsRow, bothEndsRows, type MailHostObservation } from "@mxray/contracts";
import { formatCount } from "../../format/numbers.ts";
import { Card } from "../../ui/card.tsx";
import { ScrollTable } from "./scroll-table.tsx";

const DIRECTIONS: Record<BothEndsRow["direction"], string> = { outbound: "outbound", inbound: "inbound" };

/** What left one end and what arrived at the other, where an agent runs on the mail host's machine. */
export function BothEndsPanel({ host }: { host: MailHostObservation }) {
  const rows = bothEndsRows(host);
  if (host.bothEnds === undefined || rows.length === 0) return null;
  return (
    <Card title="Watched from both ends" aside={<>by the agent {host.bothEnds.agent} on the mail host’s machine</>}>
      <div data-testid="both-ends">
        <ScrollTable
          label="What left and what arrived"
          columns={["Direction", "Packet size, bytes", "Left", "Arrived"]}
          rows={rows.map(({ direction, size, unit, left, arrived }) => [
            DIRECTIONS[direction],
            direction === "inbound" ? `up to ${size}` : String(size),
            `${formatCount(left)} ${unit}`,
            `${formatCount(arrived)} ${unit}`,
          ])}
        />
        <p className="mt-2 text-sm text-soft">
          Outbound counts packets with DF set. Inbound counts payload bytes; what the host sent again counts again.
        </p>
      </div>
    </Card>
  );
}
