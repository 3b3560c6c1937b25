/** `npm run dev`: the server, restarted when its code changes, and the page with hot reloading on http://localhost:5173. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = fileURLToPath(new URL("../apps/cli/bin/mxray.js", import.meta.url));
const page = "http://localhost:5173";

const children = [
  spawn(process.execPath, ["--watch", "--watch-preserve-output", cli, "serve", "--public-url", page, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  }),
  spawn("vite", [], { cwd: fileURLToPath(new URL("../apps/web", import.meta.url)), stdio: "inherit" }),
];
for (const child of children) {
  child.on("exit", (code) => {
    for (const other of children) other.kill();
    process.exitCode ??= code ?? 0;
  });
}
process.on("SIGINT", () => undefined);
