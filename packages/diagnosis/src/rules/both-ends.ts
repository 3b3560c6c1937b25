/** What an agent on the mail host's machine saw of the same connections, as evidence of a verdict about the path. */
import { type BothEndsRow, bothEndsRows, type MailHostObservation, printable } from "@mxray/contracts";
import type { EvidenceLog } from "../finding-draft.ts";
import { countText, groupedText } from "../number-text.ts";

/** @param mtu the largest packet that gets through outbound, bytes */
export function addOutboundBothEnds(log: EvidenceLog, host: MailHostObservation, mtu: number): void {
  const rows = bothEndsRows(host).filter(({ direction }) => direction === "outbound");
  const [large, small] = [rows.filter(({ size }) => size > mtu), rows.filter(({ size }) => size <= mtu)];
  if (large.length === 0) return;
  const left = total(large, "left");
  const agent = agentText(host);
  const fitting =
    small.length === 0 ? "" : ` Of ${countText(total(small, "left"), "packet")} of up to ${mtu} bytes, ${total(small, "arrived")} arrived.`;
  const proven = small.length > 0 && total(small, "arrived") > 0;
  log.add(
    `${proven ? "Proven at both ends: o" : "O"}f ${countText(left, "packet")} of ${sizesText(large)} bytes that left with DF set, none arrived at the mail host's machine.${fitting} ${agent} looked at the same connections.`,
    { bothEnds: proven, rows: rows.map((row) => ({ ...row })) },
  );
}

export function addInboundBothEnds(log: EvidenceLog, host: MailHostObservation): void {
  const stuck = (host.bothEnds?.connections ?? []).flatMap(({ n, sent }) => {
    const arrived = host.connections?.find((each) => each.n === n)?.received;
    const isStuck = sent.bytes !== null && sent.again > 0 && sent.bytes > sent.acked && arrived === sent.acked;
    return isStuck ? [{ n, size: sent.size, left: sent.bytes ?? 0, again: sent.again, arrived }] : [];
  });
  const [first] = stuck;
  if (first === undefined) return;
  const sum = (of: "left" | "again" | "arrived") => stuck.reduce((all, each) => all + each[of], 0);
  log.add(
    `Proven at both ends: on ${countText(stuck.length, "connection")} the mail host's machine sent ${groupedText(sum("left"))} bytes in packets of up to ${Math.max(...stuck.map(({ size }) => size))} bytes, ${countText(sum("again"), "segment")} of them again, and ${groupedText(sum("arrived"))} bytes arrived here. ${agentText(host)} looked at the same connections.`,
    { bothEnds: true, connections: stuck },
  );
}

function total(rows: readonly BothEndsRow[], of: "left" | "arrived"): number {
  return rows.reduce((sum, row) => sum + row[of], 0);
}

function sizesText(rows: readonly BothEndsRow[]): string {
  const sizes = rows.map(({ size }) => size);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least === most ? `${least}` : `${least} to ${most}`;
}

function agentText({ bothEnds }: MailHostObservation): string {
  return `The agent ${printable(bothEnds?.agent ?? "", 64)} there`;
}
