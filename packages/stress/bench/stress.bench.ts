/**
 * Sessions per second of the generator beside Postfix's smtp-source, in turns against the same smtp-sink; what a latency that is
 * known beforehand is measured as; memory of 500 sessions. Needs Postfix's two programs.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { runLoad } from "../src/load/load-run.ts";
import { startSinkChild } from "../src/sink/sink-child.ts";
import { loadPlan } from "../test/load-options.ts";

const SOURCE = "/usr/sbin/smtp-source";
const SINK = "/usr/sbin/smtp-sink";
const PORT = 21_000 + (process.pid % 10_000);
const TURNS = 3;
const PLAIN = { host: "127.0.0.1", port: 0, delayMs: 0, stall: null, refuse: 0, connectionsPerClient: null, lmtp: false, tls: null };
const SIZES = [4096, 65_536];
const SESSIONS = [1, 10, 50];
const messagesOf = (sessions: number, size: number) => (sessions === 1 ? 1500 : 4000) / (size > 10_000 ? 2 : 1);

if (!existsSync(SOURCE) || !existsSync(SINK)) {
  console.log("smtp-source and smtp-sink are not here; Debian has them in its package postfix.");
  process.exit(0);
}

const sink = spawn(SINK, ["-u", "nobody", `127.0.0.1:${PORT}`, "1000"], { stdio: "ignore" });
try {
  await listening(PORT);
  await warmUp();
  console.log("sessions  bytes   smtp-source/s   mxray/s   ratio (the best of 3 turns each)");
  for (const size of SIZES) for (const sessions of SESSIONS) await compare(sessions, size);
} finally {
  sink.kill();
}
await knownLatency();
await stall();
await memory();

async function compare(sessions: number, size: number): Promise<void> {
  const messages = messagesOf(sessions, size);
  let [theirs, ours] = [0, 0];
  for (let turn = 0; turn < TURNS; turn++) {
    theirs = Math.max(theirs, smtpSource(sessions, messages, size));
    ours = Math.max(ours, (await load({ sessions, messages, size: { least: size, most: size } }, PORT)).rate.achieved);
  }
  const columns = [String(sessions).padStart(8), String(size).padStart(6), theirs.toFixed(0).padStart(15), ours.toFixed(0).padStart(9)];
  console.log(`${columns.join(" ")}   ${(ours / theirs).toFixed(2)}`);
}

function smtpSource(sessions: number, messages: number, size: number): number {
  const began = performance.now();
  const many = ["-s", String(sessions), "-m", String(messages), "-l", String(size)];
  const { status } = spawnSync(SOURCE, [...many, "-f", "a@example.test", "-t", "b@example.test", `127.0.0.1:${PORT}`]);
  if (status !== 0) throw new Error(`smtp-source ended with status ${status}.`);
  return (1000 * messages) / (performance.now() - began);
}

async function load(options: Parameters<typeof loadPlan>[1], port: number) {
  return await runLoad(loadPlan(port, options));
}

async function warmUp(): Promise<void> {
  await load({ sessions: 10, messages: 2000 }, PORT);
}

async function knownLatency(): Promise<void> {
  const delayMs = 50;
  await using slow = await startSinkChild({ ...PLAIN, delayMs });
  const { latencyMs, stagesMs } = await load({ sessions: 10, messages: 400, rate: 100 }, slow.port);
  const { p50 } = latencyMs.fromStart;
  console.log(
    `\nan answer that comes ${delayMs} ms late: end of data ${stagesMs["end-of-data"]?.p50?.toFixed(1)} ms, message ${p50?.toFixed(1)} ms (median)`,
  );
}

async function stall(): Promise<void> {
  const options = { ...PLAIN, stall: { everySeconds: 5, forSeconds: 1 } };
  await using stalling = await startSinkChild(options);
  const { latencyMs } = await load({ sessions: 10, seconds: 20, messages: null, rate: 50 }, stalling.port);
  console.log(
    `a stall of 1 s in 5: 99 % within ${latencyMs.fromDue.p99?.toFixed(0)} ms from the due time, ${latencyMs.fromStart.p99?.toFixed(0)} ms from the start`,
  );
}

async function memory(): Promise<void> {
  await using quick = await startSinkChild(PLAIN);
  const before = process.memoryUsage.rss();
  const watch = { most: 0 };
  const timer = setInterval(() => {
    watch.most = Math.max(watch.most, process.memoryUsage.rss());
  }, 50);
  await load({ sessions: 500, messages: 10_000, size: { least: 65_536, most: 65_536 } }, quick.port);
  clearInterval(timer);
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  console.log(`500 sessions of 64 kB: ${megabytes(watch.most)} MB at most (${megabytes(before)} MB before)`);
}

async function listening(port: number): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port }, () => resolve(true)).once("error", () => resolve(false));
      socket.once("close", () => socket.destroy());
      socket.once("connect", () => socket.end("QUIT\r\n"));
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error("smtp-sink does not listen.");
}
