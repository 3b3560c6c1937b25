/** The files of an installation: sources without tests, the built page, the packages that they need, and Node. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { root } from "../setup.mjs";

const PARTS = ["apps/cli", "apps/server", "apps/web", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`)];
/** Of each part, what runs. */
const RUNS: Readonly<Record<string, readonly string[]>> = { "apps/cli": ["bin", "dist", "src"], "apps/web": ["dist"] };
const TEST = /\.test(?:-[\w-]+)?\.ts$/;

/** Replaces `directory`. @param version of the installation, as `mxray --version` prints it */
export function stageTree(directory: string, version: string): void {
  rmSync(directory, { recursive: true, force: true });
  for (const part of PARTS) stagePart(directory, part);
  for (const path of neededPackages()) stagePackage(directory, path);
  for (const file of ["LICENSE", "README.md", "docs"]) copy(directory, file);
  setVersion(join(directory, "apps/cli/package.json"), version);
  // Copies have other times, and an installed source does not change.
  writeFileSync(join(directory, "apps/cli/dist/sources.json"), "{}");
  stageNode(directory);
  cpSync(join(root, "packaging/mxray"), join(directory, "bin/mxray"));
  chmodSync(join(directory, "bin/mxray"), 0o755);
}

function stagePart(directory: string, part: string): void {
  copy(directory, `${part}/package.json`);
  for (const folder of RUNS[part] ?? ["src"]) copy(directory, `${part}/${folder}`);
}

function copy(directory: string, path: string): void {
  const to = join(directory, path);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(root, path), to, { recursive: true, filter: (file) => !TEST.test(basename(file)) });
}

/** Paths below the root, with parts of the workspace as links; npm knows what is needed and for which system. */
function neededPackages(): string[] {
  // It also complains about packages of other systems, which are not there, and means nothing by it.
  const { stdout } = spawnSync("npm", ["ls", "--workspace", "@mxray/cli", "--omit=dev", "--all", "--parseable"], {
    cwd: root,
    encoding: "utf8",
  });
  const paths = stdout.split("\n").map((path) => relative(root, path));
  return paths.filter((path) => path.startsWith("node_modules/"));
}

function stagePackage(directory: string, path: string): void {
  const to = join(directory, path);
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  const part = /^node_modules\/@mxray\/([\w-]+)$/.exec(path)?.[1];
  if (part !== undefined) {
    const found = PARTS.find((each) => basename(each) === part);
    symlinkSync(relative(dirname(to), join(directory, found ?? part)), to);
    return;
  }
  // Nested packages are in npm's list themselves.
  const from = join(root, path);
  cpSync(from, to, { recursive: true, filter: (file) => !relative(from, file).split("/").includes("node_modules") });
}

function setVersion(manifest: string, version: string): void {
  writeFileSync(manifest, `${JSON.stringify({ ...JSON.parse(readFileSync(manifest, "utf8")), version }, null, 2)}\n`);
}

function stageNode(directory: string): void {
  const require = createRequire(import.meta.url);
  const node = require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
  cpSync(node, join(directory, "bin/node"));
  chmodSync(join(directory, "bin/node"), 0o755);
  cpSync(join(node, "../../LICENSE"), join(directory, "bin/node.LICENSE"));
}
