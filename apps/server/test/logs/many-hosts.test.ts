/** A log that many hosts write gives the sum of their logs, though all of them use the same process ids and queue ids. */
import { Buffer } from "node:buffer";
import type { LogPeer, LogStatistics, ScanSummary } from "@mxray/contracts";
import { expect, test } from "vitest";
import { randomNumbers } from "../../../../packages/maillog/bench/realistic-log.ts";
import { counted } from "./log-agreement.ts";
import { RandomLog } from "./random-log.ts";

const HOSTS = 100;
const ROUNDS = 4;
const WRITTEN_BY = / mail([12]) /;

/** Lines of syslog, each with its second; Exim's own log names no host. */
function linesOf(host: number, seed: number): { readonly at: string; readonly text: string }[] {
  return new RandomLog(randomNumbers(seed))
    .text()
    .split("\n")
    .filter((line) => WRITTEN_BY.test(line))
    .map((line) => ({ at: /\d\d:\d\d:\d\d/.exec(line)?.[0] ?? "", text: line.replace(WRITTEN_BY, ` mail${host}-$1 `) }));
}

type Counts = LogStatistics & Pick<ScanSummary, "events" | "deliveries" | "dataBytes">;

function countsOf(lines: readonly { readonly text: string }[]): Counts {
  const counter = counted(Buffer.from(lines.map(({ text }) => `${text}\n`).join("")));
  return { ...counter.statistics(), ...counter.sums() };
}

/** Numbers that add up, by peer; clients by their address, since one without a name is the first that has it. */
function sumsOf(logs: readonly Counts[]): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (key: string, count: number) => {
    if (count !== 0) sums[key] = (sums[key] ?? 0) + count;
  };
  const keyOf = ({ direction, name, address, port }: LogPeer) =>
    direction === "inbound" ? `from ${address}` : `to ${name}[${address}]:${port}`;
  for (const peer of logs.flatMap(({ peers }) => peers)) {
    const key = keyOf(peer);
    for (const number of ["sent", "failed", "stalled", "deferred", "bounced", "expired"] as const) add(`${key} ${number}`, peer[number]);
    for (const { stage, timeouts, losses } of peer.stalls) add(`${key} ${stage}`, timeouts + losses * 1000);
    for (const { class: size, sent, stalled, attempts, recovered } of peer.sizes)
      add(`${key} ${size}`, sent + 1e3 * stalled + 1e6 * attempts + 1e9 * recovered);
    for (const { bytes, count } of peer.receivedBytes) add(`${key} received ${bytes}`, count);
    // Of servers, lines about attempts and delivery records are counted apart, and the larger number holds.
    if (peer.direction === "inbound") for (const { sign, count } of peer.signs) add(`${key} ${sign}`, count);
  }
  for (const { events, deliveries, dataBytes, backlog, troubles, retries } of logs) {
    for (const [event, count] of Object.entries(events)) add(`${event} events`, count);
    for (const [status, count] of Object.entries(deliveries)) add(`${status} deliveries`, count);
    for (const { bytes, count } of dataBytes) add(`received ${bytes}`, count);
    add("waiting", backlog.waiting);
    for (const { trouble, count, culprits } of troubles) {
      add(trouble, count);
      for (const { name, count: own } of culprits) add(`${trouble} ${name}`, own);
    }
    for (const { mta, attempt, waits } of retries) for (const wait of waits) add(`${mta} ${attempt} ${wait.class}`, wait.count);
  }
  return sums;
}

test(`${ROUNDS} times ${HOSTS} hosts`, { timeout: 60_000 }, () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const logs = Array.from({ length: HOSTS }, (_, host) => linesOf(host, round * HOSTS + host));
    const all = logs.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const sums = sumsOf([countsOf(all)]);
    expect(Object.keys(sums).length).toBeGreaterThan(100);
    expect(sums).toEqual(sumsOf(logs.map(countsOf)));
  }
});
