/** The process that makes the load of one stress run of a server: takes an order, reports, and ends with the server. */
import type { StressCommand, StressNotice } from "@mxray/server";
import { stressLoad } from "./stress-load.ts";

const ended = new AbortController();

process.on("disconnect", () => process.exit(0));
process.on("message", (command: StressCommand) => {
  if ("end" in command) ended.abort(command.end);
  else void make(command);
});

async function make({ plan, target }: Exclude<StressCommand, { end: unknown }>): Promise<void> {
  try {
    const run = await stressLoad(plan, target, {
      signal: ended.signal,
      onStep: (step) => tell({ step }),
      onSecond: (second) => tell({ second }),
    });
    tell({ run });
  } catch (error) {
    tell({ problem: error instanceof Error ? error.message : String(error) });
  }
}

function tell(notice: StressNotice): void {
  process.send?.(notice);
}
