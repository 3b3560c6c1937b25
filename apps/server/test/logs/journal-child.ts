/**
 * To be run where `systemd-journald` may have `/run` for itself: writes entries to a real journal while a server that follows it
 * runs, is killed, and is started again, and tells what the server says of them. Argument: a data directory.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { LogSourceList } from "@mxray/contracts";
import { type ServerProcess, signIn, startServerProcess } from "./server-process.ts";

const [dataDir = ""] = process.argv.slice(2);
const SOCKET = "/run/systemd/journal/socket";
let written = 0;

function write(count: number, extra: Buffer = Buffer.alloc(0)): void {
  for (let entry = 0; entry < count; entry += 1, written += 1) {
    const message = Buffer.from(`MESSAGE=timeout after DATA (${written} bytes) from client${written}.example[198.51.100.7]`);
    const fields = "\nSYSLOG_IDENTIFIER=postfix/smtpd\nSYSLOG_FACILITY=2\nSYSLOG_PID=77\nPRIORITY=6\n";
    const { status, stderr } = spawnSync("logger", ["--journald"], { input: Buffer.concat([message, extra, Buffer.from(fields)]) });
    if (status !== 0) throw new Error(`logger: ${stderr}`);
  }
}

async function until<T>(look: () => Promise<T> | T, holds: (found: T) => boolean): Promise<T> {
  for (let turn = 0; ; turn += 1) {
    const found = await look();
    if (holds(found)) return found;
    if (turn >= 150) throw new Error(`It never came: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function caughtUp(server: ServerProcess, headers: Record<string, string>): Promise<void> {
  await until(
    async () => ((await (await fetch(`${server.url}/api/v1/logs/sources`, { headers })).json()) as LogSourceList).sources[0],
    (source) => source?.lines === written,
  );
}

const journald: ChildProcess = spawn("/lib/systemd/systemd-journald", [], { stdio: "ignore" });
try {
  await until(
    () => existsSync(SOCKET),
    (there) => there,
  );
  write(4);
  // Bytes that are no text come as an array of numbers.
  write(1, Buffer.from([0xff, 0x01]));
  const first = await startServerProcess(dataDir, { MXRAY_LOGS: "journal" });
  const signedIn = await signIn(first);
  await caughtUp(first, signedIn);
  write(3);
  await caughtUp(first, signedIn);
  await first.kill("SIGKILL");
  write(4);
  const second = await startServerProcess(dataDir, { MXRAY_LOGS: "journal" });
  const headers = await signIn(second);
  await caughtUp(second, headers);
  const answer = await fetch(`${second.url}/api/v1/logs/events?limit=100`, { headers });
  const { events } = (await answer.json()) as {
    events: { event: { peer: { name: string } | null; bytes: number | null; program: string } }[];
  };
  console.log(JSON.stringify(events.map(({ event: { peer, bytes, program } }) => `${program} ${peer?.name} ${bytes}`)));
  await second.kill("SIGTERM");
} finally {
  journald.kill();
}
