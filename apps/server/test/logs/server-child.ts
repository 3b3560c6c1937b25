/** A server in a process of its own: loads, and serves when its parent says on which data. Tells how long its event loop was held up. */
import module from "node:module";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { type ServeOptions, serve } from "../../src/index.ts";

module.enableCompileCache(fileURLToPath(new URL("../../../../node_modules/.cache/mxray", import.meta.url)));
const delay = monitorEventLoopDelay({ resolution: 2 });
process.once("message", async (options: Pick<ServeOptions, "dataDir" | "env">) => {
  const server = await serve({ ...options, port: 0, vantage: { name: "local", host: "test", version: "0.0.0" } });
  delay.enable();
  process.on("message", () => process.send?.({ p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }));
  process.send?.({ url: server.url, signInUrl: server.signInUrl });
  process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
});
process.once("disconnect", () => process.exit(0));
