/** An agent's watch of the far end, in whatever network namespace it was started in: calls in, notices out, one JSON object per line. */
import { createInterface } from "node:readline";
import { farWatcher, type ProbeCall, RemoteProber } from "@mxray/probe";

const prober = new RemoteProber({
  runProbe: () => Promise.reject(new Error("Nothing is probed from here.")),
  tell: (notice) => process.stdout.write(`${JSON.stringify(notice)}\n`),
  watchFarEnd: farWatcher(),
});
for await (const line of createInterface({ input: process.stdin })) prober.receive(JSON.parse(line) as ProbeCall);
