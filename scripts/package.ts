/**
 * `npm run package`: mxray for machines without Node, as a tarball and a Debian package, in `dist/`.
 *
 * --out DIR       where to (default dist)
 * --version TEXT  other than that of apps/cli/package.json
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildDebianPackage } from "./packaging/debian-package.ts";
import { stageTree } from "./packaging/staged-tree.ts";
import { ensureBuilt, ensureBundled, ensureInstalled, root } from "./setup.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "dist") }, version: { type: "string" } } });
const version = values.version ?? (JSON.parse(readFileSync(join(root, "apps/cli/package.json"), "utf8")) as { version: string }).version;
if (!/^\d[\w.+~]*$/.test(version)) {
  console.error(`--version takes a version such as 0.2.0, not '${version}'.`);
  process.exit(2);
}
if (process.platform !== "linux") {
  console.error("Packages are made on Linux, for the processor of the machine.");
  process.exit(3);
}
ensureInstalled();
ensureBuilt();
ensureBundled();

const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const work = mkdtempSync(join(out, ".work-"));
try {
  const name = `mxray-${version}-linux-${process.arch}`;
  const tree = join(work, name);
  stageTree(tree, version);
  report(packTree(work, name, join(out, `${name}.tar.gz`)));
  const debian = buildDebianPackage({ tree, version, work: join(work, "debian"), out });
  if (debian === null) console.log("No Debian package: dpkg-deb is not on this machine.");
  else report(debian);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function packTree(folder: string, name: string, path: string): string {
  const options = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--use-compress-program=gzip -3"];
  const { status, stderr } = spawnSync("tar", [...options, "-cf", path, "-C", folder, name], { encoding: "utf8" });
  if (status !== 0) throw new Error(`tar failed: ${stderr}`);
  return path;
}

function report(path: string): void {
  console.log(`${path} (${(statSync(path).size / 1e6).toFixed(1)} MB)`);
}
