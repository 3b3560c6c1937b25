/**
 * What `npm start` and `npm test` share: dependencies and the built page, brought up to date where they are not. Plain
 * JavaScript without dependencies, for the Node that the machine has (20 or newer).
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const bin = join(root, "node_modules", ".bin");

/** The environment in which `node` is the one that the project brings, and keeps what it compiled. */
export function projectEnvironment() {
  const cache = join(root, "node_modules", ".cache", "mxray");
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`, NODE_COMPILE_CACHE: cache };
}

/** Installs the dependencies where they are missing or older than the lockfile. */
export function ensureInstalled() {
  const installed = modified(join(root, "node_modules", ".package-lock.json"));
  if (installed >= modified(join(root, "package-lock.json")) && existsSync(join(bin, "mxray"))) return;
  console.log("Installing dependencies (npm ci) …");
  run("npm", ["ci", "--no-audit", "--no-fund"], "The dependencies could not be installed; npm's message above says why.");
}

/** Builds the page where it is missing or older than what it is made of. */
export function ensureBuilt() {
  const sources = ["apps/web", "packages/contracts/src"].map((path) => join(root, path));
  const newest = Math.max(modified(join(root, "package-lock.json")), ...sources.map(newestIn));
  if (modified(join(root, "apps/web/dist/share-standalone.html")) > newest) return;
  console.log("Building the page …");
  run("npm", ["run", "--silent", "build"], "The page could not be built; the message above says why.");
}

/** Bundles the command, so that it starts sooner. Without a bundle its sources run, so a failure stops nothing. */
export function ensureBundled() {
  spawnSync("node", ["scripts/bundle-command.mjs"], { cwd: root, env: projectEnvironment(), stdio: "inherit" });
}

function run(command, args, failure) {
  const { status, error } = spawnSync(command, args, { cwd: root, env: projectEnvironment(), stdio: "inherit" });
  if (status === 0) return;
  console.error(error === undefined ? failure : `${failure} (${error.message})`);
  process.exit(3);
}

/** Milliseconds; 0 for what is not there. */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/[\\/](?:dist|node_modules)(?:[\\/]|$)/.test(entry.parentPath))
    .reduce((newest, entry) => Math.max(newest, modified(join(entry.parentPath, entry.name))), 0);
}
