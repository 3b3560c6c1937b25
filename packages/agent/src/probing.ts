/** Probes that the server asks for: the agent waits for work, and tells what happens as it happens. */
import {
  type Endpoint,
  type FarWatcher,
  ownAddresses,
  type ProbeCall,
  type ProbeNotice,
  type ProbeRunner,
  RemoteProber,
} from "@mxray/probe";
import { type ServerConnection, sleep } from "./server-connection.ts";

export interface ProbingOptions {
  readonly connection: ServerConnection;
  readonly host: string;
  readonly runProbe: ProbeRunner;
  readonly refusalOf: (host: Endpoint) => string | null;
  readonly watchFarEnd: FarWatcher;
  readonly signal: AbortSignal;
}

interface Work {
  readonly calls: readonly ProbeCall[];
  /** To be said with the next request, so that the server gives none of them again. */
  readonly upTo: number;
}

/** Events wait so long for others, milliseconds; a question to the server and a result do not. */
const GATHER_MS = 100;
const MOST_NOTICES = 2000;

/** @throws AgentEnd where the server turns the agent away; what `signal` is aborted with */
export async function probeForServer({ connection, host, runProbe, refusalOf, watchFarEnd, signal }: ProbingOptions): Promise<never> {
  const waiting: ProbeNotice[] = [];
  let wake: () => void = () => undefined;
  const prober = new RemoteProber({
    runProbe,
    refusalOf,
    watchFarEnd,
    tell(notice) {
      waiting.push(notice);
      if (notice.tell !== "event") wake();
    },
  });
  const telling = async (): Promise<never> => {
    for (;;) {
      const urgent = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (!waiting.some(({ tell }) => tell !== "event")) await Promise.race([urgent, sleep(GATHER_MS, signal)]);
      signal.throwIfAborted();
      const notices = waiting.splice(0, MOST_NOTICES);
      if (notices.length > 0) await connection.ask("/agent/v1/notices", { notices }, signal);
    }
  };
  const working = async (): Promise<never> => {
    for (let after = 0; ; ) {
      const work = (await connection.ask("/agent/v1/work", { host, after, addresses: ownAddresses() }, signal)) as Work;
      for (const call of work.calls) prober.receive(call);
      after = work.upTo;
    }
  };
  try {
    await Promise.all([telling(), working()]);
    throw new Error("Loops without an end ended.");
  } finally {
    prober.stop();
  }
}
