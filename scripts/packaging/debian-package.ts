/** The `.deb`: a staged tree below /usr/lib/mxray with unit, settings file, user and data directory. Needs dpkg-deb. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
const FILES = join(root, "packaging/debian");

export interface DebianPackageOptions {
  /** From `stageTree`; it becomes part of the package's tree. */
  readonly tree: string;
  readonly version: string;
  /** Where the package's tree is built, and removed. */
  readonly work: string;
  readonly out: string;
}

/** @returns the package's path, or null where dpkg-deb is not on this machine */
export function buildDebianPackage({ tree, version, work, out }: DebianPackageOptions): string | null {
  if (spawnSync("dpkg-deb", ["--version"]).status !== 0) return null;
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  rmSync(work, { recursive: true, force: true });
  const make = (path: string) => {
    mkdirSync(join(work, path), { recursive: true });
    return join(work, path);
  };
  renameSync(tree, join(make("usr/lib"), "mxray"));
  symlinkSync("../lib/mxray/bin/mxray", join(make("usr/bin"), "mxray"));
  const documents = make("usr/share/doc/mxray");
  cpSync(join(work, "usr/lib/mxray/docs"), documents, { recursive: true });
  rmSync(join(work, "usr/lib/mxray/docs"), { recursive: true });
  cpSync(join(root, "LICENSE"), join(documents, "copyright"));
  const units = make("usr/lib/systemd/system");
  for (const unit of ["mxray.service", "mxray-agent.service"]) cpSync(join(FILES, unit), join(units, unit));
  // It may hold secrets.
  cpSync(join(FILES, "mxray.env"), join(make("etc/mxray"), "mxray.env"));
  chmodSync(join(work, "etc/mxray/mxray.env"), 0o600);

  const control = make("DEBIAN");
  for (const script of ["postinst", "prerm", "postrm"]) {
    cpSync(join(FILES, script), join(control, script));
    chmodSync(join(control, script), 0o755);
  }
  writeFileSync(join(control, "conffiles"), "/etc/mxray/mxray.env\n");
  writeFileSync(join(control, "control"), controlText(version, architecture, Math.ceil(bytesIn(join(work, "usr")) / 1024)));
  const path = join(out, `mxray_${version}_${architecture}.deb`);
  // gzip is read by every dpkg; level 6 would save 7 % and take twice as long.
  const built = spawnSync("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z3", "--build", work, path], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`dpkg-deb failed: ${built.stderr}`);
  rmSync(work, { recursive: true });
  return path;
}

function controlText(version: string, architecture: string, kilobytes: number): string {
  return [
    "Package: mxray",
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    "Maintainer: the mxray developers <root@localhost>",
    `Installed-Size: ${kilobytes}`,
    "Depends: libc6 (>= 2.28), libstdc++6 (>= 8), libgcc-s1, passwd, coreutils",
    "Section: mail",
    "Priority: optional",
    "Description: finds out why mail to or from a host hangs or is lost",
    " A dashboard and a command line that prove path MTU black holes, middleboxes",
    " that rewrite SMTP, and what mail logs show; with evidence and remedies.",
    "",
  ].join("\n");
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
