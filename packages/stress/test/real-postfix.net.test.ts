/** What gives way first in a real Postfix: named where it can be, and left open where it cannot. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StressRun } from "@mxray/contracts";
import { buildNetwork, describeCapability, type Network, type PostfixOptions, postfixAvailability, startPostfix } from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const MXRAY = fileURLToPath(new URL("../../../node_modules/.bin/mxray", import.meta.url));
const BLKIO = "/sys/fs/cgroup/blkio";
const capability = await describeCapability();
const postfix = await postfixAvailability();

describe.skipIf(!capability.ok || !postfix.ok)("a stress test of a real Postfix", () => {
  let network: Network;
  let folder: string;

  beforeAll(async () => {
    network = await buildNetwork({ routers: 1 });
    folder = mkdtempSync(join(tmpdir(), "mxray-stress-net-"));
    // Postfix enters it under user ids of its own.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "targets"), "127.0.0.1:25 rcpt-domain=example.test\n");
  });

  afterAll(async () => {
    await network[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function stress(server: PostfixOptions, load: readonly string[], ready = () => {}, on = network): Promise<StressRun> {
    await using _server = await startPostfix(on.server, server);
    ready();
    const args = ["stress", "127.0.0.1:25", "--targets", join(folder, "targets"), "--confirm", "127.0.0.1", "--json", ...load];
    const { stdout, stderr } = await on.server.exec(MXRAY, args, { timeoutMs: 120_000 });
    expect(stderr).toBe("");
    if (process.env.SHOW) console.log(stdout.replace(/"series": \[[\s\S]*?\n {2}\],/, ""));
    return JSON.parse(stdout) as StressRun;
  }

  const told = ({ limit }: StressRun) => `${limit.kind}: ${limit.evidence.join(" ")}`;

  test("five processes for twenty sessions: processes", async () => {
    const load = ["--sessions", "20", "--messages", "600", "--per-session", "30", "--no-pipelining", "--timeout", "3"];
    const run = await stress({ config: { default_process_limit: "5" } }, load);
    expect(told(run)).toMatch(/^processes: [5-8] connections were served at one time while up to 20 were open/);
    expect(run.counts.accepted).toBeGreaterThan(400);
  });

  test("a content filter that takes half a second: the filter", async () => {
    const sink = network.server.spawn(MXRAY, ["sink", "127.0.0.1:10025", "--delay", "500"]);
    try {
      const run = await stress({ config: { smtpd_proxy_filter: "127.0.0.1:10025" } }, ["--sessions", "10", "--messages", "60"]);
      expect(told(run)).toMatch(/^content-filter: .*takes 5[0-9]{2} ms even for one message alone/);
    } finally {
      sink.kill();
    }
  });

  test("few files for its processes: files", async () => {
    // Postfix's master has some 91 files open for the lab's services. Its processes end badly: a network of their own goes with them.
    await using own = await buildNetwork({ routers: 1 });
    const load = ["--sessions", "20", "--messages", "100", "--timeout", "1"];
    const run = await stress({ under: ["prlimit", "--nofile=93:93"] }, load, undefined, own);
    expect(told(run)).toMatch(/^files: A process of the mail system had [0-9]+ of the 93 files open/);
  });

  test("untouched: the generator or the machine, and none of the limits above", async () => {
    const run = await stress({}, ["--sessions", "10", "--duration", "3"]);
    // The disk only where other work shares it.
    expect(["cpu", "generator", "io"]).toContain(run.limit.kind);
    expect(run.counts.accepted).toBeGreaterThan(50);
  });

  test.skipIf(!existsSync(`${BLKIO}/blkio.throttle.write_iops_device`))("a slow disk: I/O and not the CPU", async () => {
    const disk = slowDisk(join(folder, "disk"));
    try {
      // Made after the disk: a network's machines see what is mounted when they are made.
      await using own = await buildNetwork({ routers: 1 });
      const load = ["--sessions", "5", "--messages", "10"];
      const run = await stress({ folder: disk.folder, under: disk.under }, load, disk.slow, own);
      expect(told(run)).toMatch(/^io: Tasks waited for the disk/);
    } finally {
      disk.remove();
    }
  });
});

/** A file system of its own, and a command that starts what writes to it with few writes a second. */
function slowDisk(path: string): { folder: string; under: string[]; slow: () => void; remove: () => void } {
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: "utf8" }).trim();
  mkdirSync(path);
  run("truncate", "-s", "200M", `${path}.image`);
  run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", `${path}.image`);
  run("mount", "-o", "loop", `${path}.image`, path);
  const device = run("findmnt", "-n", "-o", "MAJ:MIN", path);
  const group = join(BLKIO, `mxray-stress-${process.pid}`);
  mkdirSync(group);
  return {
    folder: path,
    under: ["sh", "-c", `echo $$ > /proc/1/root${group}/cgroup.procs; exec "$@"`, "sh"],
    slow: () => writeFileSync(join(group, "blkio.throttle.write_iops_device"), `${device} 5`),
    remove() {
      run("umount", "-l", path);
      for (let tries = 0; tries < 50 && existsSync(group); tries += 1) {
        try {
          execFileSync("rmdir", [group], { stdio: "ignore" });
        } catch {
          execFileSync("sleep", ["0.2"]);
        }
      }
    },
  };
}
