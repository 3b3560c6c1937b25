import { type MailHostObservation, PACKET_COLUMNS, packetRows, packetsCsv } from "@mxray/contracts";
import { Download } from "lucide-react";
import { buttonClass } from "../../ui/button.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";
import { ScrollTable } from "./scroll-table.tsx";

/** Each packet of a chosen size that the probe sent, to lay beside a capture. */
export function PacketsPanel({ host, startedAt }: { host: MailHostObservation; startedAt: string }) {
  const rows = packetRows(host, startedAt);
  if (rows.length === 0) return null;
  return (
    <Disclosure title="Packets" aside={`${rows.length} sent, as table and CSV`}>
      <p className="mb-3">
        <a
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(packetsCsv(host, startedAt))}`}
          download="packets.csv"
          className={buttonClass()}
        >
          <Download size={15} aria-hidden /> CSV
        </a>
      </p>
      <ScrollTable label="Packets" columns={PACKET_COLUMNS} rows={rows} />
    </Disclosure>
  );
}
