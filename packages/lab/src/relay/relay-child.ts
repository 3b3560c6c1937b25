/**
 * Runs inside the network's own namespaces and is the wire between two TUN devices: reads packets from each, and writes them
 * to the other when their direction says so. One loop that blocks in `ppoll`: nothing else runs in this process.
 *
 * Arguments: outbound's namespace and device, inbound's namespace and device. Each line of standard input is a `RelayPlan`
 * (JSON); a line `ok` on standard output says that it is in force. Ends at the end of standard input, or with a device.
 */
import { readSync, writeSync } from "node:fs";
import type { RelayPlan } from "./relay-conditions.ts";
import { RelayDirection } from "./relay-direction.ts";
import { RelayQueue } from "./relay-queue.ts";
import { seededRandom } from "./seeded-random.ts";
import { tunCalls } from "./tun-device.ts";

const STANDARD_INPUT = 0;
/** Packets taken from one device before the other, and what is due, has its turn. */
const MOST_AT_ONCE = 64;

const [leftNamespace = "", leftDevice = "", rightNamespace = "", rightDevice = ""] = process.argv.slice(2);
const calls = tunCalls();
const left = calls.attach(leftNamespace, leftDevice);
const right = calls.attach(rightNamespace, rightDevice);
const queue = new RelayQueue();
let directions = directionsOf({});
let orders = "";

writeSync(1, "ok\n");
while (true) {
  for (let due = queue.pop(performance.now()); due !== null; due = queue.pop(performance.now())) calls.write(due.out, due.bytes);
  const next = queue.nextAt;
  const ready = calls.wait([left, right, STANDARD_INPUT], next === null ? null : Math.max(0, next - performance.now()));
  if (ready.includes(left)) take(left, right, directions.outbound);
  if (ready.includes(right)) take(right, left, directions.inbound);
  if (ready.includes(STANDARD_INPUT)) obey();
}

function take(from: number, to: number, direction: RelayDirection): void {
  for (let count = 0; count < MOST_AT_ONCE; count += 1) {
    const bytes = calls.read(from);
    if (bytes === null) return;
    for (const at of direction.departures(bytes.length, performance.now())) queue.push({ at, out: to, bytes });
  }
}

function obey(): void {
  const buffer = Buffer.alloc(65_536);
  const length = readSync(STANDARD_INPUT, buffer);
  if (length === 0) process.exit();
  orders += buffer.toString("utf8", 0, length);
  const lines = orders.split("\n");
  orders = lines.pop() ?? "";
  for (const line of lines) {
    directions = directionsOf(JSON.parse(line) as RelayPlan);
    writeSync(1, "ok\n");
  }
}

/** Each direction has numbers of its own: how many packets go one way changes nothing for the other. */
function directionsOf({ outbound = {}, inbound = {}, seed = 1 }: RelayPlan): { outbound: RelayDirection; inbound: RelayDirection } {
  const now = performance.now();
  return {
    outbound: new RelayDirection(outbound, seededRandom(2 * seed), now),
    inbound: new RelayDirection(inbound, seededRandom(2 * seed + 1), now),
  };
}
