import { type MailQueue, QUEUE_AGES, type QueueDestination, type QueueReason, type QueueReasonKind, targetOfPeer } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { peerWords } from "../../format/log-words.ts";
import { formatCount } from "../../format/numbers.ts";
import { queueReasonWords } from "../../format/queue-words.ts";
import { ProbeButton } from "../../panels/probes/probe-button.tsx";

const OLDEST_TITLE = `${QUEUE_AGES.at(-1)}+`;
const TITLES = [...QUEUE_AGES.map(String), OLDEST_TITLE];
/** What a probe of the host can explain. */
const PROBED: ReadonlySet<QueueReasonKind> = new Set([
  "timeout",
  "peer-timeout",
  "lost-connection",
  "connect-failed",
  "tls-failed",
  "reply",
]);

/** Destinations with their reasons, against the ages that qshape tells apart. A cell is darker the more messages it holds. */
export function QueueMatrix({
  queue: { messages, ages, destinations },
  agent,
}: {
  queue: MailQueue;
  /** That holds the messages, and so probes; undefined for this server. */
  agent: string | undefined;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="relative overflow-x-auto" tabIndex={0} aria-label="Messages by destination, reason and age">
      <table className="w-full text-left text-sm">
        <caption className="sr-only">Waiting messages; each column's heading is the age in minutes up to which it counts</caption>
        <thead className="text-soft">
          <tr className="border-b border-line">
            <th scope="col" className="py-1.5 pr-4 font-medium">
              Destination and reason
            </th>
            {["Total", ...TITLES].map((title) => (
              <th key={title} scope="col" className="px-2 py-1.5 text-right font-medium">
                {title}
              </th>
            ))}
            <th scope="col">
              <span className="sr-only">Next step</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <tr className="border-b border-line font-semibold">
            <th scope="row" className="py-1.5 pr-4 font-semibold">
              All
            </th>
            <Figures row={{ messages, ages }} />
            <td />
          </tr>
        </tbody>
        {destinations.map((destination) => (
          <Destination key={destination.domain ?? ""} destination={destination} agent={agent} />
        ))}
      </table>
    </section>
  );
}

function Destination({ destination, agent }: { destination: QueueDestination; agent: string | undefined }) {
  const { domain, reasons } = destination;
  return (
    <tbody className="border-b border-line last:border-0">
      <tr className="font-semibold">
        <th scope="row" className="py-1.5 pr-4 font-semibold wrap-anywhere">
          {domain ?? "no domain"}
        </th>
        <Figures row={destination} />
        <td />
      </tr>
      {reasons.map((reason) => (
        <Reason key={queueReasonWords(reason)} reason={reason} agent={agent} />
      ))}
    </tbody>
  );
}

function Reason({ reason: row, agent }: { reason: QueueReason; agent: string | undefined }) {
  const { reason, peer } = row;
  const host = peer?.address ?? peer?.name ?? null;
  const target = peer === null || !PROBED.has(reason) ? null : targetOfPeer(peer);
  return (
    <tr>
      <th scope="row" className="min-w-56 py-1 pr-4 pl-4 font-normal">
        {queueReasonWords(row)}
        {peer !== null && host !== null && (
          <Link
            to="/peers/$peer"
            params={{ peer: host }}
            className="block font-mono text-[13px] text-accent underline underline-offset-2 wrap-anywhere"
          >
            {peerWords(peer)}
          </Link>
        )}
      </th>
      <Figures row={row} />
      <td className="py-1 pl-4 text-right">{target !== null && <ProbeButton target={target} agent={agent} />}</td>
    </tr>
  );
}

function Figures({ row: { messages, ages } }: { row: Pick<QueueReason, "messages" | "ages"> }) {
  return (
    <>
      <td className="px-2 py-1 text-right tabular-nums">{formatCount(messages)}</td>
      {ages.map((count, place) => (
        <td
          key={TITLES[place]}
          className={`px-2 py-1 text-right tabular-nums ${count === 0 ? "font-normal text-faint" : ""}`}
          style={{ background: count === 0 ? undefined : shadeOf(count, messages) }}
        >
          {formatCount(count)}
        </td>
      ))}
    </>
  );
}

function shadeOf(count: number, messages: number): string {
  return `color-mix(in srgb, var(--accent) ${Math.round(6 + (24 * count) / messages)}%, transparent)`;
}
