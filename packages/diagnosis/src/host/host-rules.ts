/** What of a machine is judged, with the level that opens a finding and the lower one that ends it. */
import type { FindingCode } from "@mxray/contracts";

export const HOST_CODES = [
  "host-files",
  "host-processes",
  "host-sockets",
  "host-io",
  "host-memory",
  "queue-growing",
] as const satisfies readonly FindingCode[];
export type HostCode = (typeof HOST_CODES)[number];

export interface LevelRule {
  readonly code: Exclude<HostCode, "queue-growing">;
  readonly gauge: string;
  /** Subject of a sentence. */
  readonly name: string;
  readonly unit: "of-limit" | "percent" | "per-second";
  /** Opens from this on: a percentage, of the limit where there is one, or a rate. */
  readonly raise: number;
  /** Ends below this. */
  readonly clear: number;
  /** How long nearly every sample must be at `raise` (or below `clear`), seconds. */
  readonly forSeconds: number;
}

const FULL = { unit: "of-limit", raise: 90, clear: 80, forSeconds: 120 } as const;
/** A backup or an update presses a machine for minutes, and nobody need act. */
const PRESSED = { unit: "percent", forSeconds: 300 } as const;

export const LEVEL_RULES: readonly LevelRule[] = [
  { code: "host-files", gauge: "openFiles", name: "Open files of the whole machine", ...FULL },
  { code: "host-files", gauge: "mailOpenFiles", name: "Open files of one mail process", ...FULL },
  { code: "host-processes", gauge: "processes", name: "Processes and threads", ...FULL },
  // Not local ports: the sockets of clients that came in are among those that can be counted, and use none.
  { code: "host-sockets", gauge: "conntrack", name: "Tracked connections", ...FULL },
  {
    ...{ code: "host-sockets", gauge: "listenOverflows", name: "Connections lost to full listen queues" },
    ...{ unit: "per-second", raise: 0.1, clear: 0.05, forSeconds: 120 },
  },
  { code: "host-io", gauge: "psiIoSome", name: "Time in which some task waits for a disk", raise: 40, clear: 20, ...PRESSED },
  { code: "host-io", gauge: "queueSpace", name: "Space of the queue's disk", ...FULL, raise: 95, clear: 92 },
  { code: "host-io", gauge: "queueInodes", name: "Inodes of the queue's disk", ...FULL, raise: 95, clear: 92 },
  { code: "host-memory", gauge: "psiMemorySome", name: "Time in which some task waits for memory", raise: 20, clear: 10, ...PRESSED },
];
