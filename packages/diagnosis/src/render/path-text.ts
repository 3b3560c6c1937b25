/** The path as one line of text: us, the hops, the mail host, what gets through and the span where packets become too big. */
import { type Hop, type MailHostObservation, pathLayout, printable } from "@mxray/contracts";

/**
 * `this machine --1500-- 192.0.2.1 --X more than 1400 lost X-- 198.51.100.2 --1400-- 203.0.113.1`, with the way back behind
 * it where that is broken; null when nothing of the way is known.
 */
export function pathText({ path, address }: Pick<MailHostObservation, "path" | "address">): string | null {
  const { broken, placed, before, within, behind, passesBefore, passes } = pathLayout(path);
  const back = path.inbound.verdict === "black-hole" ? backText(path.inbound.mtu) : null;
  if (before.length + within.length + behind.length === 0 && !broken) return back;
  const lost = passes === null ? "--X lost X--" : `--X more than ${passes} lost X--`;
  const steps = ["this machine", ...before.flatMap((hop) => [link(passesBefore), stationText(hop)])];
  if (placed) {
    steps.push(lost, ...within.flatMap((hop) => [stationText(hop), lost]), ...behind.flatMap((hop) => [stationText(hop), link(passes)]));
  } else {
    steps.push(broken ? lost : link(null));
  }
  const there = [...steps, address].join(" ");
  return back === null ? there : `${there}; ${back}`;
}

function backText(mtu: number | null): string {
  return `on the way back ${mtu === null ? "large packets" : `packets of more than ${mtu} bytes`} are lost`;
}

function link(passes: number | null): string {
  return passes === null ? "---" : `--${passes}--`;
}

/** Several addresses where the path is balanced over several routers. */
function stationText({ addresses }: Hop): string {
  return addresses.length === 0 ? "(silent)" : addresses.map((address) => printable(address, 60)).join(" or ");
}
