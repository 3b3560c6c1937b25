import { spawn } from "node:child_process";
import { access, readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { describeCapability } from "../kernel/capability.ts";
import { buildNetwork, type Network } from "./network.ts";

const capability = await describeCapability([["ping", "iputils-ping"]]);
const INDEX = fileURLToPath(new URL("../index.ts", import.meta.url));

/** Whether an IP packet of exactly `size` bytes with DF set comes back as an echo; header sizes are 20 or 40, plus 8. */
async function echoes(network: Network, size: number, family: 4 | 6 = 4, fragment: "do" | "dont" = "do"): Promise<boolean> {
  const to = family === 4 ? network.server.address.v4 : network.server.address.v6;
  const payload = size - (family === 4 ? 28 : 48);
  const result = await network.client.exec("ping", ["-n", "-c1", "-W0.4", "-M", fragment, "-s", String(payload), to]);
  return result.code === 0;
}

async function pathMtuSeen(network: Network, family: 4 | 6 = 4): Promise<number | null> {
  const to = family === 4 ? network.server.address.v4 : network.server.address.v6;
  const cached = /mtu (\d+)/.exec(await network.client.run("ip", ["route", "get", to]));
  return cached ? Number(cached[1]) : null;
}

async function hops(network: Network, args: readonly string[] = []): Promise<string[]> {
  const answers: string[] = [];
  for (const ttl of [1, 2, 3, 4, 5, 6]) {
    const { stdout } = await network.client.exec("ping", ["-n", "-c1", "-W0.3", "-t", String(ttl), ...args, network.server.address.v4]);
    answers.push(/(?:From|from) ([0-9a-f.:]+?)(?: |:)/.exec(stdout)?.[1] ?? "silent");
    if (answers.at(-1) === network.server.address.v4) break;
  }
  return answers;
}

describe.skipIf(!capability.ok)("a routed network", () => {
  let network: Network;
  beforeAll(async () => {
    network = await buildNetwork();
  });
  afterEach(() => network.reset());
  afterAll(() => network.stop());

  test("stands in under a second on an idle machine", () => {
    expect(network.buildMs).toBeLessThan(5000);
  });

  test("has the MTU of its links, in both families", async () => {
    await network.setLinkMtu(1, 1400);
    expect(network.pathMtu).toBe(1400);
    for (const family of [4, 6] as const) {
      expect(await echoes(network, 1400, family), `1400 over IPv${family}`).toBe(true);
      expect(await echoes(network, 1401, family), `1401 over IPv${family}`).toBe(false);
      expect(await pathMtuSeen(network, family)).toBe(1400);
    }
  });

  test("forgets cached path MTUs when told", async () => {
    await network.setLinkMtu(1, 1400);
    await echoes(network, 1500);
    expect(await pathMtuSeen(network)).toBe(1400);
    await network.flushRoutes();
    expect(await pathMtuSeen(network)).toBeNull();
  });

  test("becomes a black hole when the router keeps its ICMP to itself", async () => {
    await network.setLinkMtu(1, 1400);
    await network.dropFragNeeded(0);
    for (const family of [4, 6] as const) {
      expect(await echoes(network, 1500, family)).toBe(false);
      expect(await echoes(network, 1400, family)).toBe(true);
      expect(await pathMtuSeen(network, family)).toBeNull();
    }
    expect(await echoes(network, 1500, 4, "dont"), "without DF it is fragmented and arrives").toBe(true);
  });

  test("a router that only passes ICMP on can lose it too", async () => {
    await network.setLinkMtu(2, 1400);
    await network.dropFragNeeded(0);
    await echoes(network, 1500);
    expect(await pathMtuSeen(network), "r2 tells, r1 does not pass it on").toBeNull();
    await network.dropFragNeeded(0, false);
    await echoes(network, 1500);
    expect(await pathMtuSeen(network)).toBe(1400);
  });

  test("the client's own firewall makes the same hole", async () => {
    await network.setLinkMtu(1, 1400);
    await network.dropFragNeededAtClient();
    for (const family of [4, 6] as const) {
      expect(await echoes(network, 1500, family)).toBe(false);
      expect(await pathMtuSeen(network, family)).toBeNull();
    }
  });

  test("IPv6 ends below 1280 bytes and comes back above", async () => {
    await network.setLinkMtu(1, 600);
    expect(await echoes(network, 600)).toBe(true);
    expect(await echoes(network, 600, 6)).toBe(false);
    await network.setLinkMtu(1, 1280);
    expect(await echoes(network, 1280, 6)).toBe(true);
  });

  test("an MTU can hold in one direction only", async () => {
    await network.setDirectionMtu(1, "inbound", 1300);
    await network.dropFragNeeded(1);
    const reply = (size: number, from: 4 | 6) => {
      const to = from === 4 ? network.client.address.v4 : network.client.address.v6;
      const payload = size - (from === 4 ? 28 : 48);
      return network.server.exec("ping", ["-n", "-c1", "-W0.4", "-M", "do", "-s", String(payload), to]);
    };
    for (const family of [4, 6] as const) {
      expect((await reply(1300, family)).code, `1300 over IPv${family}`).toBe(0);
      expect((await reply(1301, family)).code, `1301 over IPv${family}`).toBe(1);
    }
    await network.setDirectionMtu(1, "inbound", null);
    for (const family of [4, 6] as const) expect((await reply(1500, family)).code, `1500 over IPv${family}`).toBe(0);
  });

  test("large packets can be lost in one direction, fragmentable or not", async () => {
    await network.dropLarger(0, "inbound", 1200);
    expect(await echoes(network, 1200)).toBe(true);
    expect(await echoes(network, 1201)).toBe(false);
    await network.dropLarger(0, "inbound", null);
    expect(await echoes(network, 1500)).toBe(true);
  });

  test("loses about as much as told", async () => {
    await network.setLoss(10, { direction: "outbound" });
    const { stdout } = await network.client.exec("ping", ["-n", "-q", "-f", "-c2000", "-W1", network.server.address.v4]);
    const loss = Number(/([\d.]+)% packet loss/.exec(stdout)?.[1]);
    // 2000 trials at 10 %: a standard deviation of 0.67.
    expect(loss).toBeGreaterThan(6.6);
    expect(loss).toBeLessThan(13.4);
  });

  test("loses each fourth packet to one host, and no other", async () => {
    await network.loseEach(0, "outbound", 4, network.server.address);
    const { stdout } = await network.client.exec("ping", ["-n", "-q", "-i0.01", "-c20", "-W1", network.server.address.v4]);
    expect(stdout).toContain("20 packets transmitted, 15 received, 25% packet loss");
    await network.loseEach(0, "outbound", null, network.server.address);
    expect(await echoes(network, 1500)).toBe(true);
  });

  test("names its hops, and a silenced one is not named", async () => {
    expect(await hops(network)).toEqual(["192.0.2.1", "198.51.100.6", "203.0.113.1"]);
    await network.silenceTtl(0);
    expect(await hops(network)).toEqual(["silent", "198.51.100.6", "203.0.113.1"]);
  });

  test("limits ICMP errors when told", async () => {
    await network.limitIcmp(0, 1);
    const { stdout } = await network.client.exec("ping", ["-n", "-c10", "-i0.002", "-W0.3", "-t1", network.server.address.v4]);
    expect(stdout.match(/exceeded/g)?.length).toBe(1);
  });

  test.each([
    ["drop", "timed out"],
    ["reset", "refused"],
    ["prohibit", "No route|unreachable|prohibited"],
  ] as const)("port 25 blocked by %s: %s", async (verdict, expected) => {
    const connect = `import net from "node:net";
      const socket = net.connect(25, process.argv[1]);
      socket.on("connect", () => { console.log("connected"); process.exit(); });
      socket.on("error", (error) => { console.log(error.message); process.exit(); });
      setTimeout(() => { console.log("timed out"); process.exit(); }, 400);`;
    const dial = () => network.client.run(process.execPath, ["--input-type=module", "-e", connect, "203.0.113.1"]);
    expect(await dial(), "nothing listens there").toContain("REFUSED");
    await network.blockPort(0, 25, verdict);
    expect(await dial()).toMatch(new RegExp(expected === "refused" ? "REFUSED" : `${expected}|EHOSTUNREACH|EACCES`));
  });

  test("packets are never larger than the MTU, since segmentation is not offloaded", async () => {
    await network.dropLarger(0, "both", 1500);
    const listen = `import net from "node:net";
      let bytes = 0;
      net.createServer((socket) => socket.on("data", (data) => { bytes += data.length; }).on("end", () => { console.log(bytes); process.exit(); }))
        .listen(25, () => console.log("ready"));`;
    const server = network.server.spawn(process.execPath, ["--input-type=module", "-e", listen]);
    let output = "";
    server.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    await expect.poll(() => output).toContain("ready");
    await network.client.run(
      "sh",
      [
        "-c",
        `head -c 300000 /dev/zero | ${process.execPath} -e '
      const socket = require("node:net").connect(25, "203.0.113.1"); process.stdin.pipe(socket);'`,
      ],
      { timeoutMs: 5000 },
    );
    await expect.poll(() => output).toContain("300000");
  });

  test("runs commands without privilege", async () => {
    const { stdout } = await network.client.exec("sh", ["-c", "id -u; grep CapEff /proc/self/status"], { unprivileged: true });
    expect(stdout).toMatch(/^65534\nCapEff:\s0+\n$/);
  });

  test("a command is ended in time, and by kill", async () => {
    const started = performance.now();
    const result = await network.client.exec("sleep", ["30"], { timeoutMs: 50, unprivileged: true });
    expect(result.signal).toBe("SIGTERM");
    expect(performance.now() - started).toBeLessThan(10_000);
    expect((await network.client.exec("pgrep", ["-x", "sleep"])).code, "no process, not even a zombie").toBe(1);
  });

  test("five routers are five hops", async () => {
    await using long = await buildNetwork({ routers: 5 });
    expect(await hops(long)).toHaveLength(6);
    expect(await echoes(long, 1500, 6)).toBe(true);
  });
});

/** A program that builds a network, starts a listener and a sleeper in it, prints the holder's process id and waits. */
const OWNER = `
  const { buildNetwork } = await import(${JSON.stringify(INDEX)});
  const network = await buildNetwork();
  network.server.spawn("sleep", ["1000"]);
  network.server.spawn("setsid", ["--fork", "sleep", "1000"]);
  const reached = await network.client.exec("ping", ["-n", "-c1", "-W1", network.server.address.v6]);
  console.log(JSON.stringify({ holder: network.holderPid, reached: reached.code, mode: network.mode }));
  setInterval(() => {}, 1000);
`;

interface Owner extends Disposable {
  readonly holder: number;
  readonly reached: number;
  readonly mode: string;
  readonly kill: () => void;
}

async function startOwner(prefix: readonly string[]): Promise<Owner> {
  const [program = "", ...rest] = [...prefix, process.execPath, "--input-type=module", "-e", OWNER];
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", resolve);
    child.once("close", () => reject(new Error("the owner ended")));
  });
  const kill = () => child.kill("SIGKILL");
  return { ...JSON.parse(line), kill, [Symbol.dispose]: kill };
}

/** The processes in the same process namespace as this one. */
async function processesBeside(pid: number): Promise<number[]> {
  const namespaceOf = async (id: string | number) => (await readFileLink(`/proc/${id}/ns/pid`)) ?? "";
  const wanted = await namespaceOf(pid);
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(ids.map(async (id) => ((await namespaceOf(id)) === wanted ? Number(id) : null)));
  return found.filter((id) => id !== null);
}

async function readFileLink(path: string): Promise<string | null> {
  const { readlink } = await import("node:fs/promises");
  return readlink(path).catch(() => null);
}

const alive = (pid: number) =>
  access(`/proc/${pid}`).then(
    () => true,
    () => false,
  );

describe.skipIf(!capability.ok)("the end of a network", () => {
  test("nothing is left when its owner is killed with SIGKILL", async () => {
    using owner = await startOwner([]);
    expect(owner.reached).toBe(0);
    // Shell, cat, two sleepers.
    await expect.poll(async () => (await processesBeside(owner.holder)).length).toBeGreaterThanOrEqual(4);
    const inside = await processesBeside(owner.holder);
    owner.kill();
    await expect.poll(() => Promise.all(inside.map(alive))).not.toContain(true);
  });

  test("two networks with the same names and addresses live side by side, and leave no mark on the machine", async () => {
    const before = await readFile("/proc/mounts", "utf8");
    {
      await using one = await buildNetwork();
      await using other = await buildNetwork({ links: [{ mtu: 1300 }] });
      expect(await echoes(one, 1500)).toBe(true);
      expect(await echoes(other, 1301)).toBe(false);
      expect(await readFile("/proc/mounts", "utf8")).toBe(before);
    }
    expect(await readFile("/proc/mounts", "utf8")).toBe(before);
  });

  test.skipIf(process.getuid?.() !== 0)("an ordinary user can build one too", async () => {
    using owner = await startOwner(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set=-all"]);
    expect(owner).toMatchObject({ reached: 0, mode: "user-namespace" });
    const inside = await processesBeside(owner.holder);
    owner.kill();
    await expect.poll(() => Promise.all(inside.map(alive))).not.toContain(true);
  });
});

test.skipIf(capability.ok)("says why no network can be built, and what helps", () => {
  if (capability.ok) return;
  expect(capability.reason).not.toBe("");
  expect(capability.remedy).not.toBe("");
});
