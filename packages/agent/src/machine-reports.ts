/** Tells the server how this machine is: its resources, its SMTP connections, and its mail queue. */
import type { AgentMachine, HostSample, MailQueue } from "@mxray/contracts";
import { LiveWatch } from "@mxray/host";
import type { FarWatcher, MailSocketsResult } from "@mxray/probe";
import { type ServerConnection, sleep } from "./server-connection.ts";

/** What an agent reads of its machine. */
export interface OwnMachine {
  readonly sample: () => HostSample;
  readonly readMailSockets: () => MailSocketsResult;
  readonly watchFarEnd: FarWatcher;
  readonly readQueue: (signal: AbortSignal) => Promise<MailQueue>;
}

/** Between two looks at the connections, and so between two reports while one stalls; between two samples; between two queues. */
const EVERY_MS = { look: 2000, sample: 10_000, queue: 60_000 } as const;

export interface MachineReporting {
  readonly connection: ServerConnection;
  readonly machine: Omit<OwnMachine, "watchFarEnd">;
  readonly signal: AbortSignal;
}

/** @throws what the signal is aborted with, and what `ServerConnection.ask` throws */
export async function reportMachine({ connection, machine, signal }: MachineReporting): Promise<void> {
  const watch = new LiveWatch();
  let queue: MailQueue | null = null;
  let sampledAt = Number.NEGATIVE_INFINITY;
  let stalled = 0;
  const queues = async () => {
    for (;;) {
      queue = await machine.readQueue(signal);
      await sleep(EVERY_MS.queue, signal);
    }
  };
  const reports = async () => {
    for (;;) {
      let live = watch.look(machine.readMailSockets());
      const due = performance.now() - sampledAt >= EVERY_MS.sample;
      // Also when the last stall has ended.
      if (due || queue !== null || live.count.stalled > 0 || stalled > 0) {
        let sentQueue: MailQueue | null = null;
        let attempts = 0;
        const report = (): AgentMachine => {
          attempts += 1;
          if (attempts > 1) live = watch.look(machine.readMailSockets());
          sentQueue = queue;
          return { sentAt: new Date().toISOString(), sample: due ? machine.sample() : null, live, queue };
        };
        await connection.ask("/agent/v1/machine", report, signal);
        if (due) sampledAt = performance.now();
        if (queue === sentQueue) queue = null;
        stalled = live.count.stalled;
      }
      await sleep(EVERY_MS.look, signal);
    }
  };
  await Promise.all([queues(), reports()]);
}
