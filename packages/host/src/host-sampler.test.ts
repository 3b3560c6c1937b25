import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HostSampler } from "./host-sampler.ts";
import { sparing } from "./sparing.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mxray-proc-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

const pressure = (total: number) =>
  `some avg10=36.10 avg60=12.00 avg300=3.00 total=${total}\nfull avg10=30.00 avg60=9.00 avg300=2.00 total=${total / 2}\n`;
const netstat = (overflows: number) => `TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 ${overflows} ${overflows + 1}\n`;
/** As of a small Linux machine with Postfix. */
const MACHINE = {
  "pressure/io": pressure(1_000_000),
  "net/netstat": netstat(10),
  "net/sockstat": "sockets: used 311\nTCP: inuse 28 orphan 0 tw 4 alloc 40 mem 3\n",
  "sys/fs/file-nr": "9512\t0\t10000\n",
  "sys/kernel/pid_max": "32768\n",
  "sys/kernel/threads-max": "15000\n",
  "sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
  "sys/net/netfilter/nf_conntrack_count": "65000\n",
  "sys/net/netfilter/nf_conntrack_max": "65536\n",
  loadavg: "0.20 0.10 0.05 2/412 30211\n",
  stat: "cpu  100 0 100 700 100 0 0 0 0 0\nprocs_running 2\nprocs_blocked 5\n",
  meminfo: "MemTotal:        1000000 kB\nMemFree: 10 kB\nMemAvailable:     250000 kB\n",
  "77/comm": "smtpd\n",
  "77/limits":
    "Limit                     Soft Limit           Hard Limit           Units\nMax open files            4                    4096                 files\n",
  "77/fd/0": "",
  "77/fd/1": "",
  "77/fd/2": "",
  "78/comm": "bash\n",
};

describe("a recorded /proc", () => {
  test("each gauge against its limit; rates are those between two looks", () => {
    write(MACHINE);
    let now = 0;
    const sampler = new HostSampler({ proc: root, queue: join(root, "none"), now: () => now });
    expect(sampler.sample().gauges.psiIoSome).toMatchObject({ value: null, missing: expect.stringContaining("two looks") });
    write({ "pressure/io": pressure(5_000_000), "net/netstat": netstat(40) });
    now = 10_000;
    expect(sampler.sample().gauges).toMatchObject({
      psiIoSome: { value: 40, limit: 100 },
      psiIoFull: { value: 20, limit: 100 },
      listenOverflows: { value: 3, limit: null },
      blocked: { value: 5 },
      openFiles: { value: 9512, limit: 10_000 },
      mailOpenFiles: { value: 3, limit: 4 },
      processes: { value: 412, limit: 15_000 },
      localPorts: { value: 32, limit: 28_232 },
      conntrack: { value: 65_000, limit: 65_536 },
      memory: { value: 75, limit: 100 },
    });
  });

  test("what cannot be read says why", () => {
    write({ loadavg: "garbage" });
    const { gauges } = new HostSampler({ proc: root, queue: join(root, "none") }).sample();
    expect(gauges.psiIoSome).toEqual({ value: null, limit: null, missing: "This kernel does not measure pressure; boot it with psi=1." });
    expect(gauges.processes?.value).toBeNull();
    expect(gauges.queueActive?.missing).toBe("This machine does not have it.");
    for (const gauge of Object.values(gauges)) if (gauge.value === null) expect(gauge.missing).toMatch(/\.$/);
  });

  test("a queue is counted through its directories of one digit", () => {
    write({ "spool/deferred/A/B/1": "", "spool/deferred/A/2": "", "spool/active/3": "", "spool/incoming/.keep/4": "" });
    const { gauges } = new HostSampler({ proc: root, queue: join(root, "spool") }).sample();
    expect([gauges.queueDeferred?.value, gauges.queueActive?.value, gauges.queueIncoming?.value]).toEqual([2, 1, 0]);
    expect(gauges.queueHold?.value).toBeNull();
  });
});

test("what takes long is read less often", () => {
  let now = 0;
  let reads = 0;
  const read = sparing(
    () => now,
    () => {
      now += 100;
      reads += 1;
      return reads;
    },
  );
  expect([read(), read()]).toEqual([1, 1]);
  now = 39_999;
  expect(read()).toBe(1);
  now = 40_000;
  expect(read()).toBe(2);
});
