/** What left one end of a probe and what arrived at the other, size by size and direction by direction. */
import type { MailHostObservation } from "../probes/observation.ts";
import type { Rung } from "../probes/path-observation.ts";

export interface BothEndsRow {
  readonly direction: "outbound" | "inbound";
  /** Bytes of the IP packet; inbound the largest that the host sent on the connection. */
  readonly size: number;
  /** Outbound packets with DF set; inbound payload bytes, what was sent again counts again. */
  readonly unit: "packets" | "bytes";
  readonly left: number;
  readonly arrived: number;
}

type Watched = Pick<MailHostObservation, "bothEnds" | "connections" | "path">;
type FarSide = NonNullable<MailHostObservation["bothEnds"]>["connections"][number];

/** In order of direction and size. Leaves out what either end could not say. */
export function bothEndsRows(host: Watched): BothEndsRow[] {
  const rows = [...outboundRows(host), ...inboundRows(host)];
  const groups = Map.groupBy(rows, ({ direction, size }) => `${direction} ${size}`);
  return [...groups.values()]
    .flatMap((own) => {
      const [first] = own;
      const sum = (of: "left" | "arrived") => own.reduce((total, row) => total + row[of], 0);
      return first === undefined ? [] : [{ ...first, left: sum("left"), arrived: sum("arrived") }];
    })
    .toSorted((a, b) => b.direction.localeCompare(a.direction) || a.size - b.size);
}

function outboundRows({ bothEnds, path }: Watched): BothEndsRow[] {
  return path.outbound.rungs.flatMap((rung) => {
    const far = bothEnds?.connections.find(({ n }) => n === rung.connection);
    const packets = far === undefined ? null : packetsOf(rung, far);
    return packets === null ? [] : [{ direction: "outbound", size: rung.size, unit: "packets", ...packets }];
  });
}

/** Null where the far end's looks do not decide it. */
function packetsOf({ outcome, stream }: Rung, { received, gaps }: FarSide): Pick<BothEndsRow, "left" | "arrived"> | null {
  if (stream === undefined) return null;
  const { from, to, lost } = stream;
  switch (outcome) {
    case "acked":
      return received.bytes >= to ? { left: 1 + lost, arrived: 1 } : null;
    case "stalled":
      // Bytes that arrived later may have come in other packets.
      return received.bytes === from ? { left: lost, arrived: 0 } : null;
    case "released":
      return gaps.includes(from) ? { left: lost, arrived: 0 } : null;
    case "resized":
    case "reset":
    case "closed":
    case "rejected":
      return null;
  }
}

function inboundRows({ bothEnds, connections = [] }: Watched): BothEndsRow[] {
  return (bothEnds?.connections ?? []).flatMap(({ n, sent }) => {
    const arrived = connections.find((each) => each.n === n)?.received;
    if (sent.bytes === null || arrived === undefined || arrived < sent.acked) return [];
    return [{ direction: "inbound", size: sent.size, unit: "bytes", left: sent.bytes, arrived: Math.min(arrived, sent.bytes) }];
  });
}
