/** What a command loads before it can begin: its own code and nothing from a library, which costs most of the start. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../bin/mxray.js", import.meta.url));
/** Prints the address of each module that is loaded. */
const LISTING = `data:text/javascript,${encodeURIComponent(
  'import { registerHooks } from "node:module";' +
    "registerHooks({ load(url, context, next) { console.error(url); return next(url, context); } });",
)}`;

test.each([[["--version"]], [["probe", "--help"]], [["scan", "--help"]]])("mxray %j loads no library", (args) => {
  const command = `"${process.execPath}" --import '${LISTING}' "${LAUNCHER}" ${args.join(" ")} 2>&1 >/dev/null`;
  const loaded = execFileSync("/bin/sh", ["-c", command], { encoding: "utf8" }).split("\n");
  expect(loaded.some((url) => url.endsWith("/main.ts"))).toBe(true);
  expect(loaded.filter((url) => url.includes("/node_modules/"))).toEqual([]);
});
