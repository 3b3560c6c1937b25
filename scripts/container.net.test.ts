/**
 * The image of the Dockerfile, built and run without Docker: by buildah in a chroot, on a base that debootstrap makes, with this Node,
 * under the name of the real base. It takes ten minutes and the network, so it runs only with `MXRAY_TEST_CONTAINER=1`.
 */
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "./setup.mjs";

const folder = mkdtempSync(join(tmpdir(), "mxray-container-"));
const run = (command: string, args: readonly string[], options: object = {}): SpawnSyncReturns<string> =>
  spawnSync(command, args, { encoding: "utf8", maxBuffer: 256e6, ...options });
const missing = [
  ...(process.env.MXRAY_TEST_CONTAINER === "1" ? [] : ["MXRAY_TEST_CONTAINER=1"]),
  ...(process.getuid?.() === 0 ? [] : ["root"]),
  ...["buildah", "debootstrap"].filter((program) => run(program, ["--version"]).error !== undefined),
];
if (missing.length > 0) console.log(`Skipped: building the image needs ${missing.join(", ")}.`);

const BASE = /^FROM (\S+)$/m.exec(readFileSync(join(root, "Dockerfile"), "utf8"))?.[1] ?? "";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
const PORT = 18_425;

const STORAGE = ["--root", join(folder, "storage"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
const buildah = (...args: string[]) => {
  const done = run("buildah", [...STORAGE, ...args], { cwd: folder });
  if (done.status !== 0) throw new Error(`buildah ${args[0]}: ${done.stderr.slice(-2000)}`);
  return done.stdout.trim();
};

function makeBase(): void {
  const base = join(folder, "base");
  const made = run("debootstrap", ["--variant=minbase", "--include=ca-certificates", "bookworm", base, "http://deb.debian.org/debian"]);
  expect(made.status, made.stdout.slice(-2000)).toBe(0);
  copyFileSync(realpathSync(process.execPath), join(base, "usr/local/bin/node"));
  const npm = dirname(dirname(realpathSync(run("which", ["npm"]).stdout.trim())));
  mkdirSync(join(base, "usr/local/lib/node_modules"), { recursive: true });
  cpSync(npm, join(base, "usr/local/lib/node_modules/npm"), { recursive: true, dereference: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(base, "usr/local/bin/npm"));
  copyFileSync(CERTIFICATES, join(base, CERTIFICATES));
  expect(run("chroot", [base, "useradd", "--create-home", "--uid", "1000", "node"]).status).toBe(0);
  const container = buildah("from", "scratch");
  buildah("add", container, base, "/");
  buildah(
    "config",
    "--env",
    `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`,
    "--env",
    "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    container,
  );
  buildah("commit", "--rm", container, `docker.io/library/${BASE}`);
  rmSync(base, { recursive: true });
}

afterAll(() => {
  if (missing.length === 0) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(missing.length > 0)("the container image", () => {
  it("is built as the Dockerfile says, runs as an ordinary user, and is ready", { timeout: 1_800_000 }, async () => {
    expect(BASE).toMatch(/^node:\d+/);
    makeBase();
    const source = join(folder, "source");
    expect(run("git", ["clone", "--quiet", "--depth=1", `file://${root}`, source]).status).toBe(0);
    buildah("bud", "--isolation", "chroot", "--pull-never", "--tag", "mxray-test", source);
    const container = buildah("from", "--pull-never", "mxray-test");
    const settings = ["--env", "MXRAY_HOST=127.0.0.1", "--env", `MXRAY_PORT=${PORT}`];
    const server = spawn("buildah", [...STORAGE, "run", "--isolation", "chroot", ...settings, container, "--", "mxray", "serve"], {
      stdio: "ignore",
      detached: true,
    });
    const ended = once(server, "exit");
    try {
      const ready = async () => {
        const answer = await fetch(`http://127.0.0.1:${PORT}/readyz`).catch(() => null);
        return answer?.ok === true;
      };
      while (!(await ready())) {
        expect(server.exitCode).toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(await (await fetch(`http://127.0.0.1:${PORT}/sign-in`)).text()).toContain("mxray");
      expect(run("stat", ["-c", "%u %a", join(buildah("mount", container), "data")]).stdout.trim()).toBe("1000 700");
      const [owner = ""] = run("ps", ["-o", "uid=", "-g", String(server.pid), "--sort=-pid"])
        .stdout.trim()
        .split(/\s+/);
      expect(owner).toBe("1000");
    } finally {
      process.kill(-(server.pid ?? 0), "SIGKILL");
      await ended;
    }
  });
});
