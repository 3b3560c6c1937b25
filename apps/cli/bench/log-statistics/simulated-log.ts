/** Whole logs of 20 peers from a seed: without a fault, or with one peer behind a black hole. */
import { Buffer } from "node:buffer";
import type { Direction } from "@mxray/contracts";
import { randomNumbers } from "../../../../packages/maillog/bench/realistic-log.ts";
import { type Attempt, type Random, type Traffic, trafficLines } from "./simulated-traffic.ts";

const PEERS = 20;
const HOUR = 3600;
const DAY = 24 * HOUR;
/** All logs begin here. */
const BEGAN_MS = Date.UTC(2026, 2, 1);

/** Sizes of messages, bytes. A series is one size at one time, such as a newsletter. */
const SIZE_KINDS = ["log-normal", "heavy-tailed", "bimodal", "all large", "all small", "series"] as const;
/** What makes the stalls of a log without a fault, besides chance at each attempt. */
const STALL_KINDS = ["chance", "a rate of its own for each peer", "bursts", "one peer's outage", "messages that never pass"] as const;

export interface FaultlessLog {
  readonly sizes: (typeof SIZE_KINDS)[number];
  readonly stalls: (typeof STALL_KINDS)[number];
  readonly text: Buffer;
}

export interface HoleDesign {
  readonly direction: Direction;
  /** Different messages that stall at each attempt, and small ones that arrive, at the peer behind the hole. */
  readonly stalled: number;
  readonly delivered: number;
}

export function faultlessLog(seed: number): FaultlessLog {
  const random = randomNumbers(seed);
  const [sizes, stalls] = [oneOf(SIZE_KINDS, random), oneOf(STALL_KINDS, random)];
  const end = (1 + 4 * random()) * DAY;
  const rate = rateOf(random);
  const peers = Array.from({ length: PEERS }, (_, peer) => {
    const own = stalls === "a rate of its own for each peer" ? rateOf(random) : rate;
    const isDown = stalls === "one peer's outage" && peer === 0;
    return faultlessPeer(sizes, { stalls, rate: own, isDown }, end, random);
  });
  return { sizes, stalls, text: logText(peers, end, random) };
}

/** One peer behind a hole, the others as in a log without a fault. */
export function holeLog(seed: number, { direction, stalled, delivered }: HoleDesign): Buffer {
  const random = randomNumbers(seed);
  const end = 4 * HOUR + random() ** 2 * 3 * DAY;
  const rate = rateOf(random);
  const sizes = oneOf(SIZE_KINDS, random);
  const others = Array.from({ length: PEERS - 1 }, () => faultlessPeer(sizes, { stalls: "chance", rate, isDown: false }, end, random));
  // The last attempts of large ones are still to be seen.
  const at = () => Math.floor(random() * (end - 2 * HOUR));
  const large = Array.from({ length: stalled }, () => ({ second: at(), size: 1600 + Math.floor(heavy(random)) }));
  const small = Array.from({ length: delivered }, () => ({ second: at(), size: 500 + Math.floor(random() * 700) }));
  const hole: Traffic = { direction, messages: [...large, ...small].sort(bySecond), stalls: ({ size }) => size > 1400 };
  return logText([hole, ...others], end, random);
}

interface StallDesign {
  readonly stalls: FaultlessLog["stalls"];
  readonly rate: number;
  readonly isDown: boolean;
}

function faultlessPeer(sizes: FaultlessLog["sizes"], { stalls, rate, isDown }: StallDesign, end: number, random: Random): Traffic {
  const messages = messagesOf(sizes, Math.round(10 + 190 * random() ** 2), end, random);
  const spells = isDown ? [spell(0.5 * HOUR, 6 * HOUR, end, random)] : [];
  if (stalls === "bursts") for (let count = Math.floor(4 * random()); count > 0; count -= 1) spells.push(spell(300, HOUR, end, random));
  const depth = isDown ? 1 : 0.5 + 0.5 * random();
  const poison = new Set(stalls === "messages that never pass" && random() < 0.3 ? [Math.floor(random() * messages.length)] : []);
  return {
    direction: random() < 0.7 ? "outbound" : "inbound",
    messages,
    stalls: ({ second }, number) =>
      poison.has(number) || random() < rate || (spells.some(({ from, to }) => second >= from && second < to) && random() < depth),
  };
}

function spell(least: number, most: number, end: number, random: Random) {
  const length = least + random() * (most - least);
  const from = random() * (end - length);
  return { from, to: from + length };
}

/** 0.1 to 5 %. */
function rateOf(random: Random): number {
  return 0.001 + 0.049 * random();
}

function messagesOf(kind: FaultlessLog["sizes"], count: number, end: number, random: Random): Attempt[] {
  const single = () => ({ second: Math.floor(random() * end), size: sizeOf(kind, random) });
  if (kind !== "series") return Array.from({ length: count }, single).sort(bySecond);
  const messages: Attempt[] = [];
  while (messages.length < count) {
    const { second, size } = single();
    const length = random() < 0.2 ? 1 + Math.floor(random() * 40) : 1;
    for (let index = 0; index < length; index += 1) messages.push({ second: second + index * 4, size: size + (index % 7) });
  }
  return messages.sort(bySecond);
}

function sizeOf(kind: FaultlessLog["sizes"], random: Random): number {
  switch (kind) {
    case "log-normal":
    case "series":
      return Math.max(500, Math.round(8000 * Math.exp(1.6 * normal(random))));
    case "heavy-tailed":
      return 600 + Math.floor(heavy(random));
    case "bimodal":
      return random() < 0.6 ? 600 + Math.floor(random() * 500) : 60_000 + Math.floor(random() * 30_000);
    case "all large":
      return 40_000 + Math.floor(random() * 4_000_000);
    case "all small":
      return 500 + Math.floor(random() * 700);
  }
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Pareto with a finite mean only, at most 20 MB. */
function heavy(random: Random): number {
  return Math.min(20_000_000, 900 / (1 - random()) ** (1 / 1.1));
}

function oneOf<T>(values: readonly T[], random: Random): T {
  return values[Math.floor(random() * values.length)] as T;
}

function bySecond(a: Attempt, b: Attempt): number {
  return a.second - b.second;
}

function logText(peers: readonly Traffic[], end: number, random: Random): Buffer {
  const lines = peers.flatMap((traffic, peer) => trafficLines(traffic, peer, end, random));
  const stamp = (second: number) => new Date(BEGAN_MS + Math.floor(second) * 1000).toISOString().replace(".000Z", "+00:00");
  const sorted = lines.map((line, index) => ({ ...line, index })).sort((a, b) => a.second - b.second || a.index - b.index);
  return Buffer.from(sorted.map(({ second, text }) => `${stamp(second)} mail1 ${text}\n`).join(""));
}
