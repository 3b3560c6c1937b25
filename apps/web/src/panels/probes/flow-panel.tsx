import { flowSeenAs, flowSource, flowsOf, flowTime, isPrivateSource, type MailHostObservation } from "@mxray/contracts";
import { Disclosure } from "../../ui/disclosure.tsx";
import { ScrollTable } from "./scroll-table.tsx";

const COLUMNS = ["Connection", "Source", "Destination", "Protocol", "Start", "End", "Ended by"];
const ENDS = { quit: "QUIT", reset: "reset from here", "closed-by-peer": "the mail host", timeout: "time-out" } as const;

/** Both ends of each connection with the time, as a capture, an access list or a flow record needs them. */
export function FlowPanel({ host }: { host: MailHostObservation }) {
  const flows = flowsOf(host);
  if (flows.length === 0) return null;
  const source = flowSource(host);
  const seen = source !== null && isPrivateSource(source) ? flowSeenAs(host) : null;
  const rows = flows.map(({ connection, source: from, destination, start, end, ended }) => [
    String(connection),
    from ?? "not established",
    destination,
    `TCP, IPv${host.family}`,
    flowTime(start),
    flowTime(end),
    ENDS[ended],
  ]);
  return (
    <Disclosure title="Flow" aside={`${flows.length} ${flows.length === 1 ? "connection" : "connections"}, times in UTC`}>
      {source !== null && isPrivateSource(source) && (
        <p className="mb-3">
          The source address {source} is private.
          {seen === null
            ? " The host’s reply to EHLO does not show which address it sees."
            : ` As the host sees us: ${seen}. Filter for that address outside our network.`}
        </p>
      )}
      <ScrollTable label="Flow" columns={COLUMNS} rows={rows} />
    </Disclosure>
  );
}
