/**
 * Many readers of live events, half of which never read: what the server keeps for them, how many are cut off, and how late the
 * others hear. `--readers=N` (1000), `--seconds=N` (60), `--rate=N` events a second (20).
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LiveFeed } from "../src/live-feed.ts";
import { startTestServer } from "../test/test-server.ts";
import type { ReadersHeard, ReadersOrder } from "./readers/live-readers.ts";

const option = (name: string, otherwise: number) => Number(new RegExp(`--${name}=(\\d+)`).exec(process.argv.join(" "))?.[1] ?? otherwise);
const readers = option("readers", 1000);
const seconds = option("seconds", 60);
const rate = option("rate", 20);
/** As much as a probe's summary has. */
const PADDING = "x".repeat(1000);
/** Of the second half over the first. */
const MOST_GROWTH_MB = 50;
const MOST_LAG_MS = 1000;

const feed = new LiveFeed();
await using server = await startTestServer({ feed });
await server.app.listen({ port: 0, host: "127.0.0.1" });
const { port } = server.app.server.address() as AddressInfo;
const child = fork(fileURLToPath(new URL("readers/live-readers.ts", import.meta.url)), { execArgv: [] });
child.send({ port, cookie: server.headers.cookie, reading: readers / 2, deaf: readers / 2 } satisfies ReadersOrder);
await once(child, "message");

const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();
const megabytes: number[] = [];
const began = performance.now();
for (let count = 0; count < seconds * rate; count += 1) {
  feed.tell({ type: "log-scan", id: PADDING, bytes: Date.now(), lines: count });
  if (count % (rate * 5) === 0) megabytes.push(process.memoryUsage.rss() / 1e6);
  await sleep(Math.max(0, began + ((count + 1) * 1000) / rate - performance.now()));
}
delay.disable();
child.send("report");
const [heard] = (await once(child, "message")) as [ReadersHeard];
child.kill();
await once(child, "close");

const half = Math.ceil(megabytes.length / 2);
const [first, second] = [Math.max(...megabytes.slice(0, half)), Math.max(...megabytes.slice(half))];
const tenths = megabytes.filter((_, index) => index % Math.ceil(megabytes.length / 10) === 0);
const { lag, readerGaps, deafCutOffs, readerCutOffs } = heard;
console.log(`${readers} readers, half of which do not read; ${seconds} s of ${rate} events a second, ${PADDING.length} bytes each`);
console.log(
  `memory ${tenths.map((one) => one.toFixed(0)).join(", ")} MB; at most ${first.toFixed(0)} in the first half, ${second.toFixed(0)} in the second`,
);
console.log(`event loop held up ${(delay.percentile(99) / 1e6).toFixed(0)} ms (99 %), ${(delay.max / 1e6).toFixed(0)} ms (longest)`);
console.log(`cut off: ${deafCutOffs} times one that does not read, ${readerCutOffs} times one that does; all came back`);
console.log(
  `lag of those that read: ${lag.median} ms median, ${lag.p99} ms (99 %), ${lag.longest} ms longest; ${readerGaps} events missed`,
);
process.exitCode = readerGaps === 0 && readerCutOffs === 0 && lag.p99 <= MOST_LAG_MS && second - first <= MOST_GROWTH_MB ? 0 : 1;
