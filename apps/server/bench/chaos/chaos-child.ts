/** The server that chaos happens to, in a process of its own: says why it does not start, and ends one of its threads on order. */
import module from "node:module";
import { fileURLToPath } from "node:url";
import threads from "node:worker_threads";
import type { ServeOptions } from "../../src/index.ts";

/** What the process is told. */
export type ChaosOrder =
  | ({ readonly do: "serve" } & Pick<ServeOptions, "dataDir" | "env">)
  | { readonly do: "end-thread"; readonly chance: number }
  | { readonly do: "memory" };

/** What it answers. */
export type ChaosReport =
  | { readonly is: "serving"; readonly url: string; readonly signInUrl: string }
  | { readonly is: "refused"; readonly message: string; readonly known: boolean }
  | { readonly is: "memory"; readonly live: number; readonly resident: number }
  | { readonly is: "thread-ended"; readonly program: string | null };

module.enableCompileCache(fileURLToPath(new URL("../../../../node_modules/.cache/mxray", import.meta.url)));

const running = new Map<threads.Worker, string>();
const RealWorker = threads.Worker;
threads.Worker = class extends RealWorker {
  constructor(program: string | URL, options?: threads.WorkerOptions) {
    super(program, options);
    running.set(this, String(program).split("/").at(-1) ?? "");
    this.once("exit", () => running.delete(this));
  }
};
module.syncBuiltinESMExports();
const { serve } = await import("../../src/index.ts");
const { ConfigError } = await import("../../src/config/config-error.ts");

const report = (what: ChaosReport) => process.send?.(what);

process.on("message", async (order: ChaosOrder) => {
  switch (order.do) {
    case "serve":
      try {
        const { dataDir, env } = order;
        const server = await serve({
          ...(dataDir === undefined ? {} : { dataDir }),
          env,
          port: 0,
          vantage: { name: "local", host: "chaos", version: "0.0.0" },
        });
        process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
        report({ is: "serving", url: server.url, signInUrl: server.signInUrl });
      } catch (error) {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        report({ is: "refused", message: error instanceof ConfigError ? error.message : message, known: error instanceof ConfigError });
      }
      return;
    case "end-thread": {
      const all = [...running];
      const [worker, program] = all[Math.floor(order.chance * all.length)] ?? [];
      await worker?.terminate();
      report({ is: "thread-ended", program: program ?? null });
      return;
    }
    case "memory":
      globalThis.gc?.();
      report(memory());
  }
});
/** MB. The heaps of threads grow for minutes before they are collected: what lives in this one shows a leak sooner. */
function memory(): ChaosReport {
  const { heapUsed, external, rss } = process.memoryUsage();
  return { is: "memory", live: (heapUsed + external) / 1e6, resident: rss / 1e6 };
}

process.once("disconnect", () => process.exit(0));
