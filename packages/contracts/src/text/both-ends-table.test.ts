import { expect, test } from "vitest";
import type { MailHostObservation } from "../probes/observation.ts";
import type { Rung } from "../probes/path-observation.ts";
import { bothEndsRows } from "./both-ends-table.ts";

const rung = (size: number, outcome: Rung["outcome"], from: number, lost: number, connection = 1) =>
  ({ connection, size, outcome, stream: { from, to: from + size - 52, lost } }) as Rung;

function hostOf(rungs: readonly Rung[], bytes: number, gaps: readonly number[], sent = { bytes: 500, acked: 500, again: 0, size: 1500 }) {
  return {
    path: { outbound: { rungs } },
    bothEnds: { agent: "mail", connections: [{ n: 1, received: { bytes, size: 1400 }, sent, gaps: [...gaps] }] },
    connections: [{ n: 1, received: 500 }],
  } as unknown as Pick<MailHostObservation, "bothEnds" | "connections" | "path">;
}

test("counts by size what left with DF and what arrived, and leaves out what the far end did not show", () => {
  const rungs = [
    rung(1400, "acked", 20, 0),
    rung(1500, "released", 1500, 2),
    // Its gap was too short to be seen.
    rung(1450, "released", 3000, 2),
    rung(1401, "stalled", 4500, 3),
    // On a connection that the far end did not see.
    rung(1400, "acked", 20, 0, 2),
  ];
  expect(bothEndsRows(hostOf(rungs, 4500, [1500, 4500])).filter(({ direction }) => direction === "outbound")).toEqual([
    { direction: "outbound", size: 1400, unit: "packets", left: 1, arrived: 1 },
    { direction: "outbound", size: 1401, unit: "packets", left: 3, arrived: 0 },
    { direction: "outbound", size: 1500, unit: "packets", left: 2, arrived: 0 },
  ]);
});

test("bytes that arrived after a stall may have come in other packets, and count nothing", () => {
  const rows = bothEndsRows(hostOf([rung(1500, "stalled", 20, 4)], 1468, []));
  expect(rows.map(({ direction }) => direction)).toEqual(["inbound"]);
});

test("a look that is older than what this end received counts nothing inbound", () => {
  const { connections = [], ...host } = hostOf([], 0, [], { bytes: 9000, acked: 3000, again: 2, size: 1500 });
  const inbound = (received: number) => bothEndsRows({ ...host, connections: connections.map((each) => ({ ...each, received })) });
  expect(inbound(3000)).toEqual([{ direction: "inbound", size: 1500, unit: "bytes", left: 9000, arrived: 3000 }]);
  expect(inbound(2000)).toEqual([]);
});
