#!/usr/bin/env node
/**
 * The launcher. mxray's TypeScript runs on Node 24 or newer without a build; where the `node` that found this file is
 * older, it hands over to the Node that npm installed beside mxray (an optional dependency that is nothing but a binary).
 * Plain JavaScript on purpose: an old Node must be able to read it.
 */
import { readFileSync, statSync } from "node:fs";
import * as module from "node:module";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) {
  // What was stripped and compiled once need not be again: without it a start takes about twice as long. Threads and child
  // processes find the folder in the environment.
  process.env.NODE_COMPILE_CACHE ??= `${ROOT}node_modules/.cache/mxray`;
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  const { run } = await import(isBundled() ? "../dist/main.js" : "../src/main.ts");
  // Whatever a library still waits for, a command ends when its answer is out.
  process.exit(await run(process.argv.slice(2)));
} else {
  await handOver();
}

/** Whether `npm start` or `npm test` bundled the command and no source changed since: the bundle starts in half the time. */
function isBundled() {
  try {
    const sources = JSON.parse(readFileSync(`${ROOT}apps/cli/dist/sources.json`, "utf8"));
    return Object.keys(sources).every((path) => statSync(`${ROOT}${path}`).mtimeMs === sources[path]);
  } catch {
    return false;
  }
}

async function handOver() {
  const { spawn } = await import("node:child_process");
  const node = bundledNode();
  if (node === undefined) {
    console.error(
      `mxray needs Node ${OLDEST_NODE} or newer; this is ${process.version}. Run 'npm ci' without --omit=optional, or install Node ${OLDEST_NODE}.`,
    );
    process.exit(3);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal's Ctrl-C reaches the child as well; it takes the two for one (src/stop-signal.ts).
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`mxray could not start ${node}: ${error.message}`);
    process.exit(3);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 3);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function bundledNode() {
  const require = module.createRequire(import.meta.url);
  const system = `${process.platform}-${process.arch}`;
  for (const name of [`node-${system}`, `node-bin-${system}`]) {
    try {
      return require.resolve(`${name}/bin/node`);
    } catch {
      // Not the package for this machine, or left out with --omit=optional.
    }
  }
  return undefined;
}
