/** `npm start`: sets everything up and serves the dashboard; options after `--` are those of `mxray serve`. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { bin, ensureBuilt, ensureBundled, ensureInstalled, projectEnvironment, root } from "./setup.mjs";

ensureInstalled();
ensureBuilt();
ensureBundled();

const server = spawn(join(bin, "mxray"), ["serve", ...process.argv.slice(2)], { cwd: root, env: projectEnvironment(), stdio: "inherit" });
// The terminal tells the server as well; a supervisor tells only us.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => server.kill("SIGTERM"));
server.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
