/**
 * The packages of `npm run package`, on systems without Node: the tarball in a root of its own that has the C library and a shell,
 * the `.deb` in a copy of this system (overlay) that no service manager runs in. Nothing of this machine is changed.
 */
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./setup.mjs";

const folder = mkdtempSync(join(tmpdir(), "mxray-package-"));
const run = (command: string, args: readonly string[], options: object = {}): SpawnSyncReturns<string> =>
  spawnSync(command, args, { encoding: "utf8", maxBuffer: 64e6, ...options });
/** In a mount namespace of its own: what is mounted there ends with it. */
const inNamespace = (script: string, ...args: string[]) => run("unshare", ["--mount", "sh", "-ec", script, ...args], { env: {} });
const mayMount = process.getuid?.() === 0 && inNamespace('mkdir "$0/proc"; mount --rbind /proc "$0/proc"', folder).status === 0;
const OVERLAY =
  'mkdir "$0/o"; mount -t tmpfs tmpfs "$0/o"; cd "$0/o"; mkdir u w m; mount -t overlay -o "lowerdir=/,upperdir=u,workdir=w" overlay m';
const mayDebian = mayMount && inNamespace(OVERLAY, folder).status === 0 && run("dpkg-deb", ["--version"]).status === 0;

beforeAll(() => {
  if (!mayMount) {
    console.log("Skipped: packages are tried in mount namespaces, for which one must be root.");
    return;
  }
  if (!mayDebian)
    console.log("Skipped: the Debian package is tried on an overlay of this system, which needs dpkg-deb and a kernel that allows it.");
  const built = run(process.execPath, [join(root, "scripts/package.ts"), "--out", folder]);
  expect(built).toMatchObject({ status: 0, stderr: "" });
}, 400_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!mayMount)("the tarball", () => {
  const place = join(folder, "root");

  beforeAll(() => {
    for (const directory of ["dev", "proc", "tmp", "opt", "bin", "etc"]) mkdirSync(join(place, directory), { recursive: true });
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tar.gz")) ?? "";
    expect(run("tar", ["-xzf", join(folder, tarball), "-C", join(place, "opt"), "--strip-components=1"]).status).toBe(0);
    copyFileSync("/bin/sh", join(place, "bin/sh"));
    writeFileSync(join(place, "etc/hosts"), "127.0.0.1 localhost\n");
    for (const program of [join(place, "opt/bin/node"), "/bin/sh", ...nativeModules(join(place, "opt"))]) {
      for (const [library = ""] of run("ldd", [program]).stdout.matchAll(/\/\S+\.so\S*/g)) {
        if (!existsSync(library)) continue;
        mkdirSync(dirname(join(place, library)), { recursive: true });
        copyFileSync(library, join(place, library));
      }
    }
  });

  const mxray = (...args: string[]) =>
    inNamespace(
      'mount --rbind /proc "$0/proc"; mount --rbind /dev "$0/dev"; root=$0; exec chroot "$root" /opt/bin/mxray "$@"',
      place,
      ...args,
    );

  it("has no more than what runs", () => {
    const files = readdirSync(join(place, "opt"), { recursive: true }) as string[];
    expect(files.filter((path) => /\.test\.ts$/.test(path) && !path.startsWith("node_modules/"))).toEqual([]);
    for (const name of ["vitest", "typescript", "react", "vite", "playwright"]) expect(files).not.toContain(`node_modules/${name}`);
  });

  it("runs where no Node is", () => {
    expect(existsSync(join(place, "usr/bin/node"))).toBe(false);
    expect(mxray("--version")).toMatchObject({ status: 0, stdout: `${versionOfCli()}\n`, stderr: "" });
    const lines = Array.from({ length: 30 }, (_, index) => stalledLine(index)).join("");
    writeFileSync(join(place, "tmp/mail.log"), lines);
    const scan = mxray("scan", "--json", "/tmp/mail.log");
    expect(scan.stderr).toBe("");
    expect(JSON.parse(scan.stdout)).toMatchObject({ lines: 30, recognised: 30, deliveries: { deferred: 30 } });
  });

  it("probes and serves there", async () => {
    const probe = mxray("probe", "--json", "127.0.0.1:9");
    expect([probe.status, JSON.parse(probe.stdout).findings[0].code]).toEqual([1, "connect-refused"]);
    const script =
      'mount --rbind /proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" /opt/bin/mxray serve --port 0 --data /tmp/data';
    const server = spawn("unshare", ["--mount", "sh", "-ec", script, place], { env: {}, stdio: ["ignore", "pipe", "inherit"] });
    try {
      let text = "";
      for await (const bytes of server.stdout) {
        text += bytes;
        if (text.includes("Ctrl-C")) break;
      }
      const url = / listens on (\S+)/.exec(text)?.[1] ?? "";
      expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: "ok" });
      expect(await (await fetch(`${url}/sign-in?token=x`)).text()).toMatch(/mxray/);
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      expect(await ended).toBe(0);
    } finally {
      server.kill("SIGKILL");
    }
  }, 120_000);
});

describe.skipIf(!mayDebian)("the Debian package", () => {
  const scratch = join(folder, "scratch");
  const upgrade = join(folder, "upgrade.deb");

  beforeAll(() => {
    const first = readdirSync(folder).find((name) => name.endsWith(".deb")) ?? "";
    copyFileSync(join(folder, first), join(folder, "first.deb"));
    const tree = join(folder, "tree");
    expect(run("dpkg-deb", ["-R", join(folder, "first.deb"), tree]).status).toBe(0);
    const control = readFileSync(join(tree, "DEBIAN/control"), "utf8");
    writeFileSync(join(tree, "DEBIAN/control"), control.replace(/^Version: .*$/m, "Version: 99.0"));
    writeFileSync(join(tree, "etc/mxray/mxray.env"), "# Settings of version 99\n", { flag: "a" });
    rmSync(join(tree, "usr/share/doc/mxray/operating.md"));
    expect(run("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", tree, upgrade]).status).toBe(0);
    rmSync(tree, { recursive: true });
  }, 200_000);

  it("is installed, upgraded with its data, removed and purged; its unit is one that systemd accepts", () => {
    for (const part of ["upper", "work", "system"]) mkdirSync(join(scratch, part), { recursive: true });
    // An overlay cannot lie on itself: the changes go to a file system of their own.
    const script = `
      mount -t tmpfs tmpfs "$0"; mkdir "$0/upper" "$0/work" "$0/system"
      mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/system"
      for each in proc dev; do mount --rbind "/$each" "$0/system/$each"; done
      mount -t tmpfs tmpfs "$0/system/run"
      mkdir -p "$0/system/packages" && cp "$1" "$0/system/packages/first.deb" && cp "$2" "$0/system/packages/upgrade.deb"
      cp "$3" "$0/system/packages/try.sh"
      exec chroot "$0/system" /bin/sh -e /packages/try.sh`;
    writeFileSync(join(folder, "try.sh"), TRY);
    const before = statSync("/etc/passwd").mtimeMs;
    const tried = run("unshare", ["--mount", "sh", "-ec", script, scratch, join(folder, "first.deb"), upgrade, join(folder, "try.sh")], {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND: "noninteractive" },
    });
    expect(tried.stdout, tried.stderr).toMatch(/everything was tried\n$/);
    expect(tried.status).toBe(0);
    expect(tried.stdout).toContain(`installed: ${versionOfCli()}`);
    expect(tried.stdout).toContain("the unit is accepted");
    // Nothing of this machine was touched.
    expect(statSync("/etc/passwd").mtimeMs).toBe(before);
    expect([existsSync("/usr/lib/mxray"), existsSync("/var/lib/mxray"), existsSync("/etc/mxray")]).toEqual([false, false, false]);
  }, 300_000);
});

/** In the copy of this system, as root. */
const TRY = `
fail() { echo "FAILED: $1"; exit 1; }
serve() {
  setpriv --reuid=mxray --regid=mxray --clear-groups env MXRAY_DATA=/var/lib/mxray mxray serve --port 0 >/tmp/serve.log 2>&1 &
  server=$!
  for turn in $(seq 600); do grep -q "Ctrl-C" /tmp/serve.log && return; kill -0 $server || { cat /tmp/serve.log; fail "it does not serve"; }; sleep 0.1; done
  fail "it does not serve"
}
stop() { kill -TERM $server; wait $server || fail "status $? on SIGTERM"; }

dpkg -i /packages/first.deb || fail "installation"
[ "$(readlink -f /usr/bin/mxray)" = /usr/lib/mxray/bin/mxray ] || fail "the command"
echo "installed: $(env -i /usr/bin/mxray --version)"
[ "$(stat -c '%U %a' /var/lib/mxray)" = "mxray 700" ] || fail "data directory: $(stat -c '%U %a' /var/lib/mxray)"
[ "$(stat -c '%U %a' /etc/mxray/mxray.env)" = "root 600" ] || fail "settings file"
if command -v systemd-analyze >/dev/null; then
  systemd-analyze verify /usr/lib/systemd/system/mxray.service /usr/lib/systemd/system/mxray-agent.service >/tmp/verify.log 2>&1 || { cat /tmp/verify.log; fail "unit"; }
  [ ! -s /tmp/verify.log ] || { cat /tmp/verify.log; fail "unit"; }
  sed 's/^ProtectHome=/ProtectHouse=/' /usr/lib/systemd/system/mxray.service >/tmp/mxray-planted.service
  systemd-analyze verify /tmp/mxray-planted.service 2>&1 | grep -q ProtectHouse || fail "a planted mistake is not seen"
  echo "the unit is accepted"
fi
serve
setpriv --reuid=mxray --regid=mxray --clear-groups mxray link --data /var/lib/mxray | grep -q token= || fail "link"
setpriv --reuid=mxray --regid=mxray --clear-groups mxray backup /var/lib/mxray/before.sqlite --data /var/lib/mxray || fail "backup"
stop
[ -s /var/lib/mxray/mxray.sqlite ] || fail "no store"
echo "MXRAY_LOG=info" >>/etc/mxray/mxray.env
echo mine >/var/lib/mxray/mine

dpkg -i --force-confold /packages/upgrade.deb || fail "upgrade"
[ "$(dpkg-query -W -f '\${Version}' mxray)" = 99.0 ] || fail "version"
grep -q MXRAY_LOG=info /etc/mxray/mxray.env || fail "a changed settings file was lost"
[ ! -e /usr/share/doc/mxray/operating.md ] || fail "a file of the old version is left"
[ -e /var/lib/mxray/mine ] && [ -s /var/lib/mxray/mxray.sqlite ] || fail "data"
serve
stop

dpkg -r mxray || fail "removal"
[ ! -e /usr/bin/mxray ] && [ ! -e /usr/lib/mxray ] || fail "files are left: $(find /usr/lib/mxray | head -3)"
[ -e /var/lib/mxray/mine ] && grep -q MXRAY_LOG=info /etc/mxray/mxray.env || fail "removal took data or settings"
dpkg -P mxray || fail "purge"
[ ! -e /var/lib/mxray ] && [ ! -e /etc/mxray ] || fail "purging left data or settings"
! getent passwd mxray >/dev/null || fail "the user is left"
echo "everything was tried"
`;

function nativeModules(tree: string): string[] {
  const files = readdirSync(tree, { recursive: true }) as string[];
  return files.filter((path) => path.endsWith(".node") && !path.includes("musl")).map((path) => join(tree, path));
}

function versionOfCli(): string {
  return (JSON.parse(readFileSync(join(root, "apps/cli/package.json"), "utf8")) as { version: string }).version;
}

function stalledLine(index: number): string {
  const at = new Date(Date.now() - 3_600_000 + index * 1000).toISOString();
  return `${at} mx1 postfix/smtp[9]: 3F${index.toString(16).toUpperCase().padStart(8, "0")}: to=<b@bad.example>, relay=mx.bad.example[198.51.100.9]:25, delay=600, delays=0/0/0.5/600, dsn=4.4.2, status=deferred (conversation with mx.bad.example[198.51.100.9] timed out while sending message body)\n`;
}
