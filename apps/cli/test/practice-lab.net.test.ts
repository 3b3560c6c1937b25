/** `mxray serve` with the practice lab: every domain shows its trouble, and nothing is left of it, however it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProbeDetail, VantageInfo, VantageList } from "@mxray/contracts";
import { describeCapability, PRACTICE_HOSTS } from "@mxray/lab";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const MXRAY = fileURLToPath(new URL("../../../node_modules/.bin/mxray", import.meta.url));
const NOBODY = 65_534;
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--bounding-set=-all"];

const capability = await describeCapability();

interface Server extends AsyncDisposable {
  readonly process: ChildProcess;
  call<T>(method: string, path: string, body?: object): Promise<T>;
}

/** Starts it, and signs in. */
async function startServer(prefix: readonly string[] = []): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "mxray-serve-"));
  if (prefix.length > 0) await chown(data, NOBODY, NOBODY);
  await chmod(data, 0o755);
  const [program = "", ...args] = [...prefix, MXRAY, "serve", "--port", "0", "--data", data];
  const process = spawn(program, args, { cwd: tmpdir(), stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(process, "exit");
  let output = "";
  for await (const text of process.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    output += text;
    if (output.includes("token=")) break;
  }
  const link = new URL(/http:\S+token=\S+/.exec(output)?.[0] ?? "");
  const signedIn = await fetch(new URL("/sign-in", link), {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: link.searchParams.toString(),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  return {
    process,
    async call<T>(method: string, path: string, body?: object) {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
      const response = await fetch(new URL(`/api/v1${path}`, link), { method, headers: { cookie, ...type }, ...json });
      return (await response.json()) as T;
    },
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function probed({ call }: Server, target: string): Promise<ProbeDetail> {
  const { id } = await call<ProbeDetail>("POST", "/probes", { target, vantage: "lab" });
  for (;;) {
    const probe = await call<ProbeDetail>("GET", `/probes/${id}`);
    if (probe.finishedAt !== null) return probe;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A process and all that descend from it. */
async function familyOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const families = await Promise.all(
    children
      .split(" ")
      .filter(Boolean)
      .map((child) => familyOf(Number(child))),
  );
  return [pid, ...families.flat()];
}

/** Network namespaces that processes live in. */
async function namespaces(pids: readonly (number | string)[]): Promise<string[]> {
  return [...new Set(await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/ns/net`).catch(() => "gone"))))];
}

const everybody = async () => (await readdir("/proc")).filter((name) => /^\d+$/.test(name));

/** What a running lab consists of; `leftOf` says what of it is still there. */
async function partsOf({ process }: Server): Promise<{ pids: number[]; nets: string[] }> {
  const pids = (await familyOf(process.pid ?? 0)).filter((pid) => pid !== process.pid);
  const ours = await namespaces(["self"]);
  const nets = (await namespaces(pids)).filter((net) => !ours.includes(net));
  expect(nets.length).toBeGreaterThan(2);
  return { pids, nets };
}

async function leftOf({ pids, nets }: Awaited<ReturnType<typeof partsOf>>): Promise<(number | string)[]> {
  const all = await everybody();
  const lives = pids.filter((pid) => all.includes(String(pid)));
  return [...lives, ...(await namespaces(all)).filter((net) => nets.includes(net))];
}

describe.skipIf(!capability.ok)("the practice lab of a server", () => {
  let server: Server;
  let lab: VantageInfo;
  beforeAll(async () => {
    server = await startServer();
  });
  beforeEach(async () => {
    lab = await server.call("POST", "/vantages/lab/start");
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("has every domain of the lab, and each shows what it is there for", async () => {
    expect(lab.state).toBe("ready");
    const scripted = PRACTICE_HOSTS.filter(({ script }) => script !== null);
    expect(lab.domains.map(({ domain }) => domain)).toEqual(expect.arrayContaining(scripted.map(({ name }) => `${name}.lab.test`)));
    const found = await Promise.all(
      lab.domains.map(async ({ domain }) => {
        const { verdict, vantage, error, report } = await probed(server, domain);
        return { domain, finding: verdict?.code, vantage, error, from: report?.vantage.host };
      }),
    );
    const expected = lab.domains.map(({ domain, finding }) => ({ domain, finding, vantage: "lab", error: null, from: "client.lab.test" }));
    expect(found).toEqual(expected);
  });

  test("is stopped with all that belongs to it, and starts again", async () => {
    const parts = await partsOf(server);
    expect(await server.call("POST", "/vantages/lab/stop")).toMatchObject({ state: "stopped", reason: null });
    await expect.poll(() => leftOf(parts), { timeout: 5000 }).toEqual([]);
    expect(await server.call("POST", "/vantages/lab/start")).toMatchObject({ state: "ready" });
    expect((await probed(server, "fixup.lab.test")).verdict?.code).toBe("smtp-fixup");
  });

  test.each(["lab-keeper.ts", "lab-prober.ts", "server-child.ts"])(
    "that loses %s says so, leaves nothing, and starts again",
    async (part) => {
      const parts = await partsOf(server);
      const lines = await Promise.all(parts.pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
      const victim = parts.pids.findLast((_, index) => lines[index]?.includes(part));
      process.kill(victim ?? 0, "SIGKILL");
      const labNow = async () => (await server.call<VantageList>("GET", "/vantages")).vantages[1];
      await expect.poll(labNow, { timeout: 5000 }).toMatchObject({ state: "stopped", reason: expect.stringContaining("ended") });
      await expect.poll(() => leftOf(parts), { timeout: 5000 }).toEqual([]);
      expect(await server.call("POST", "/vantages/lab/start")).toMatchObject({ state: "ready", reason: null });
    },
  );

  test("leaves nothing when the server is killed with SIGKILL", async () => {
    await using other = await startServer();
    await other.call("POST", "/vantages/lab/start");
    const parts = await partsOf(other);
    other.process.kill("SIGKILL");
    await expect.poll(() => leftOf(parts), { timeout: 5000 }).toEqual([]);
  });

  test("leaves nothing when the server is told to end while a probe runs", async () => {
    const other = await startServer();
    await other.call("POST", "/vantages/lab/start");
    await other.call("POST", "/probes", { target: "silent.lab.test", vantage: "lab" });
    const parts = await partsOf(other);
    await other[Symbol.asyncDispose]();
    await expect.poll(() => leftOf(parts), { timeout: 5000 }).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)("is an ordinary user's, too", async () => {
    await using other = await startServer(AS_NOBODY);
    expect(await other.call("POST", "/vantages/lab/start")).toMatchObject({ state: "ready" });
    expect((await probed(other, "black-hole.lab.test")).verdict?.code).toBe("pmtu-black-hole");
    const parts = await partsOf(other);
    other.process.kill("SIGKILL");
    await expect.poll(() => leftOf(parts), { timeout: 5000 }).toEqual([]);
  });
});
