/** Which packets a capture keeps, and how, with frames by hand: another program's, joined segments, loopback, a quoted segment. */
import { expect, test } from "vitest";
import type { Frame } from "../src/capture/captured-packet.ts";
import { packetFilter } from "../src/capture/packet-filter.ts";
import { ProbeCapture } from "../src/capture/probe-capture.ts";
import type { Connection, ConnectionEnd } from "../src/ports.ts";

const HOST = [203, 0, 113, 1];
const US = [192, 0, 2, 2];
const SYN = 0x02;
const PSH = 0x18;

interface Segment {
  readonly port?: number;
  readonly flags?: number;
  readonly payload?: number;
  readonly seq?: number;
  readonly back?: true;
}

function segment({ port = 40_000, flags = 0x10, payload = 0, seq = 1000, back }: Segment = {}): Uint8Array {
  const bytes = Buffer.alloc(40 + payload, "s");
  bytes.fill(0, 0, 40);
  bytes.writeUInt8(0x45, 0);
  bytes.writeUInt16BE(40 + payload, 2);
  bytes.writeUInt8(6, 9);
  bytes.set(back ? [...HOST, ...US] : [...US, ...HOST], 12);
  bytes.writeUInt16BE(back ? 25 : port, 20);
  bytes.writeUInt16BE(back ? port : 25, 22);
  bytes.writeUInt32BE(seq, 24);
  bytes.writeUInt8(0x50, 32);
  bytes.writeUInt8(flags, 33);
  return bytes;
}

/** "Fragmentation needed", with the whole segment quoted. */
function fragNeeded(quoted: Uint8Array): Uint8Array {
  const head = Buffer.alloc(28);
  head.writeUInt8(0x45, 0);
  head.writeUInt16BE(28 + quoted.length, 2);
  head.writeUInt8(1, 9);
  head.set([198, 51, 100, 1, ...US], 12);
  head.writeUInt8(3, 20);
  head.writeUInt8(4, 21);
  return Buffer.concat([head, quoted]);
}

function frame(bytes: Uint8Array, rest: Partial<Frame> = {}): Frame {
  const now = Date.now();
  return { at: [Math.floor(now / 1000), (now % 1000) * 1e6], bytes, segmentSize: 0, outgoing: true, interfaceIndex: 2, ...rest };
}

/** Frames that come while one connection is open, and later ones. */
async function capture(during: () => Frame[], later: () => Frame[] = () => []): Promise<{ headers: Buffer; size: number }[]> {
  const queue: Frame[] = [];
  const capture = new ProbeCapture({ read: () => queue.shift() ?? null, dropped: () => 0, close: () => undefined });
  const ended = Promise.withResolvers<ConnectionEnd>();
  const connection = { localAddress: US.join("."), localPort: 40_000, ended: ended.promise } as Connection;
  const dialer = capture.captured({ dial: async () => ({ ok: true, connection }) });
  await dialer.dial({ address: HOST.join("."), family: 4, port: 25, timeoutMs: 1000 });
  queue.push(...during());
  ended.resolve("quit");
  await new Promise((resolve) => setTimeout(resolve, 5));
  queue.push(...later());
  const { file, packets } = await capture.finish();
  const records = recordsOf(Buffer.from(file));
  expect(packets).toBe(records.length);
  return records;
}

function recordsOf(file: Buffer): { headers: Buffer; size: number }[] {
  const records = [];
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8)) {
    records.push({ headers: file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8)), size: file.readUInt32LE(at + 12) });
  }
  return records;
}

test("headers only, with the size of the whole packet", async () => {
  const [one, ...others] = await capture(() => [frame(segment({ payload: 1400, flags: PSH }))]);
  expect(others).toEqual([]);
  expect(one?.headers.equals(segment({ payload: 1400, flags: PSH }).subarray(0, 40))).toBe(true);
  expect(one?.size).toBe(1440);
});

test("another program's connection to the same host is left out, and so is what takes the ports afterwards", async () => {
  const kept = await capture(
    () => [frame(segment({ port: 40_001 })), frame(segment({ seq: 7 })), frame(segment({ port: 40_001, back: true }), { outgoing: false })],
    () => [frame(segment({ seq: 8 })), frame(segment({ seq: 9, flags: SYN })), frame(segment({ seq: 10 }))],
  );
  expect(kept.map(({ headers }) => headers.readUInt32BE(24))).toEqual([7, 8]);
});

test("a packet that passes two interfaces, or loopback both ways, is kept once", async () => {
  const kept = await capture(() => [
    ...[frame(segment({ seq: 1 })), frame(segment({ seq: 1 }), { interfaceIndex: 3 })],
    ...[frame(segment({ seq: 1 }), { outgoing: false })],
    ...[frame(segment({ seq: 2, back: true })), frame(segment({ seq: 2, back: true }), { outgoing: false })],
  ]);
  expect(kept.map(({ headers }) => headers.readUInt32BE(24))).toEqual([1, 2]);
});

test("segments that the kernel joined are taken apart", async () => {
  const kept = await capture(() => [frame(segment({ payload: 3000, flags: PSH }), { segmentSize: 1348, outgoing: true })]);
  expect(kept.map(({ size }) => size)).toEqual([1388, 1388, 344]);
  expect(kept.map(({ headers }) => headers.readUInt16BE(2))).toEqual([1388, 1388, 344]);
  expect(kept.map(({ headers }) => headers.readUInt32BE(24))).toEqual([1000, 2348, 3696]);
  expect(kept.map(({ headers }) => headers.readUInt8(33))).toEqual([0x10, 0x10, PSH]);
  for (const { headers } of kept) expect(sum(headers.subarray(0, 20))).toBe(0xffff);
});

test("a router's report is kept without the payload that it quotes, and only about our own segments", async () => {
  const kept = await capture(() => [
    frame(fragNeeded(segment({ payload: 500 })), { outgoing: false }),
    frame(fragNeeded(segment({ port: 40_001, payload: 500 })), { outgoing: false }),
  ]);
  expect(kept.map(({ headers, size }) => [headers.length, size])).toEqual([[68, 568]]);
  expect(kept[0]?.headers.includes("ss")).toBe(false);
});

test("what is cut, or nothing that we know, is left out without an error", async () => {
  const whole = segment({ payload: 100 });
  const cut = Array.from({ length: 40 }, (_, length) => frame(whole.subarray(0, length)));
  const quoted = fragNeeded(segment());
  const cutQuotes = Array.from({ length: 55 }, (_, length) => frame(quoted.subarray(0, length), { outgoing: false }));
  expect(await capture(() => [...cut, ...cutQuotes])).toEqual([]);
});

test("no jump of the kernel's filter leaves the program, however many ports there are", () => {
  for (const count of [1, 2, 40, 41, 500]) {
    const program = Buffer.from(packetFilter(Array.from({ length: count }, (_, index) => index + 1)));
    for (let at = 0; at < program.length; at += 8) {
      const left = (program.length - at) / 8 - 1;
      expect(Math.max(program.readUInt8(at + 2), program.readUInt8(at + 3))).toBeLessThanOrEqual(Math.max(0, left - 1));
    }
  }
});

function sum(header: Buffer): number {
  let total = 0;
  for (let at = 0; at < header.length; at += 2) total += header.readUInt16BE(at);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}
