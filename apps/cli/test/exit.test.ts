import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MailHostScript, startMailHost } from "@mxray/lab";
import { expect, test } from "vitest";

const MXRAY = fileURLToPath(new URL("../../../node_modules/.bin/mxray", import.meta.url));
const closesAtEhlo: MailHostScript = {
  name: "closes-at-ehlo",
  title: "Ends the connection at EHLO.",
  on: { EHLO: [{ do: "close" }] },
  expect: { stage: "ehlo", outcome: "failed" },
};

/** Exit status, and the time from the last byte of output to the exit. */
function run(child: ReturnType<typeof spawn>): Promise<{ status: number | string | null; afterMs: number }> {
  let last = performance.now();
  child.stdout?.on("data", () => {
    last = performance.now();
  });
  return new Promise((resolve) => {
    const overdue = setTimeout(() => child.kill("SIGKILL"), 60_000);
    child.once("exit", (code, signal) => {
      clearTimeout(overdue);
      resolve({ status: code ?? signal, afterMs: performance.now() - last });
    });
  });
}

/** States (linux/tcp_states.h) of this machine's connections to a port that a process still holds. */
async function connectionsTo(port: number): Promise<string[]> {
  const lines = (await readFile("/proc/net/tcp", "utf8")).trim().split("\n").slice(1);
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const states = lines
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, , remote, state]) => (remote?.endsWith(`:${hex}`) ? [state] : []));
  const gone = ["06", "0C"];
  return states.filter((state): state is string => state !== undefined && !gone.includes(state));
}

test("mxray probe ends within a second of its result when the host closes first", async () => {
  await using host = await startMailHost(closesAtEhlo);
  const { status, afterMs } = await run(
    spawn(MXRAY, ["probe", "--json", `127.0.0.1:${host.port}`], { stdio: ["ignore", "pipe", "inherit"] }),
  );
  expect(status).toBe(1);
  expect(afterMs).toBeLessThan(1000);
});

test("mxray serve ends on SIGTERM after it probed such a host, and has kept no descriptor", async () => {
  await using host = await startMailHost(closesAtEhlo);
  const data = await mkdtemp(join(tmpdir(), "mxray-exit-"));
  const env = { ...process.env, MXRAY_ALLOW_PORTS: String(host.port), MXRAY_ALLOW_TARGETS: "127.0.0.0/8" };
  const server = spawn(MXRAY, ["serve", "--port", "0", "--data", data], { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const signIn = await new Promise<URL>((resolve) => {
      let text = "";
      server.stdout.on("data", (bytes) => {
        text += bytes;
        const link = /^ {2}(http\S+)$/m.exec(text)?.[1];
        if (link !== undefined) resolve(new URL(link));
      });
    });
    const signedIn = await fetch(new URL("/sign-in", signIn), {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ token: signIn.searchParams.get("token") ?? "" }),
    });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const api = new URL("/api/v1/probes", signIn);
    const headers = { cookie, "content-type": "application/json", origin: signIn.origin };
    const asked = await fetch(api, { method: "POST", headers, body: JSON.stringify({ target: `127.0.0.1:${host.port}` }) });
    expect(asked.status, await asked.clone().text()).toBeLessThan(300);
    for (let wait = 0; wait < 100 && host.connections.length === 0; wait += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(host.connections.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await connectionsTo(host.port)).toEqual([]);
    const signalled = performance.now();
    server.kill("SIGTERM");
    expect((await run(server)).status).toBe(0);
    expect(performance.now() - signalled).toBeLessThan(5000);
  } finally {
    server.kill("SIGKILL");
    await rm(data, { recursive: true, force: true });
  }
});
