import { Buffer } from "node:buffer";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { constants, gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logFileTrouble, readLogFile, readLogStream } from "../src/index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-log-file-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const LOG = Buffer.from(Array.from({ length: 50_000 }, (_, index) => `line ${index} ${"x".repeat(index % 97)}\n`).join(""));

class Collector {
  readonly #chunks: Buffer[] = [];
  push(chunk: Buffer): void {
    this.#chunks.push(Buffer.from(chunk));
  }
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

async function read(content: Buffer) {
  const path = join(folder, "log");
  await writeFile(path, content);
  const sink = new Collector();
  return { outcome: await readLogFile(path, { sink }), bytes: sink.bytes };
}

test("a plain file, a compressed one, and one of several compressed parts", async () => {
  for (const content of [
    LOG,
    gzipSync(LOG),
    zstdCompressSync(LOG),
    Buffer.concat([gzipSync(LOG.subarray(0, 100_000)), gzipSync(LOG.subarray(100_000))]),
  ]) {
    const { outcome, bytes } = await read(content);
    expect(outcome).toEqual({ kind: "read" });
    expect(bytes.equals(LOG)).toBe(true);
  }
});

/** 2,000 lines `line`, by `xz` and by `bzip2`. */
const PACKED = {
  xz: "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4CcPADFdADYaSh8HtRFpFs9VPF+aS+tMskiNqTT9wjntEmBfQ3Rl56Y9KrzOFZAdnZZ10fLYvwAAAAAA3D0jM/vcNvEAAU2QTgAAAHHFXtqxxGf7AgAAAAAEWVo=",
  bzip2: "QlpoOTFBWSZTWcb9Bh8AD5/BAAAQAiUgAFBmgE1UPU5VINVINVIPVSDVSD4u5IpwoSGN+gw+",
};

test.each(Object.entries(PACKED))("%s, one part or several, whole, cut and damaged", async (_name, text) => {
  const packed = Buffer.from(text, "base64");
  const content = "line\n".repeat(2000);
  for (const [bytes, times] of [
    [packed, 1],
    [Buffer.concat([packed, packed]), 2],
  ] as const) {
    const whole = await read(bytes);
    expect(whole.outcome).toEqual({ kind: "read" });
    expect(whole.bytes.toString()).toBe(content.repeat(times));
  }
  const damaged = Buffer.from(packed);
  damaged.fill(0x55, packed.length / 2, packed.length / 2 + 8);
  for (const broken of [packed.subarray(0, packed.length - 12), damaged]) expect((await read(broken)).outcome.kind).toBe("cut-short");
});

test("what cannot be unpacked is said to be so", async () => {
  expect((await read(zstdCompressSync(LOG).subarray(0, 5000))).outcome.kind).toBe("cut-short");
});

test("a compressed file that ends too early or is damaged gives what comes before", async () => {
  const packed = gzipSync(LOG);
  const early = await read(packed.subarray(0, packed.length / 2));
  expect(early.outcome).toEqual({ kind: "cut-short", reason: "the compressed file ends too early" });
  expect(early.bytes.length).toBeGreaterThan(LOG.length / 4);
  expect(early.bytes.equals(LOG.subarray(0, early.bytes.length))).toBe(true);

  const damaged = Buffer.from(packed);
  damaged.fill(0xff, packed.length / 2, packed.length / 2 + 200);
  const { outcome, bytes } = await read(damaged);
  expect(outcome).toEqual({ kind: "cut-short", reason: "the compressed file is damaged" });
  expect(bytes.length).toBeGreaterThan(0);
  expect((await read(packed.subarray(0, 5))).outcome.kind).toBe("cut-short");
});

test.each([0.1, 0.5, 0.9, 0.999])("a gzip file that is damaged or ends after %s of it gives every byte before", async (part) => {
  const lines = Array.from(
    { length: 20_000 },
    (_, number) => `Nov 30 18:00:00 mx postfix/smtp[${number * 7919}]: to=<user${(number * 31) % 977}@example.com>\n`,
  );
  const log = Buffer.from(lines.join(""));
  const packed = gzipSync(log);
  const at = Math.floor(packed.length * part);
  const before = gunzipSync(packed.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH });
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, at, Math.min(packed.length, at + 200));
  const cut = packed.subarray(0, at);
  for (const content of [damaged, cut])
    for (const result of [await read(content), await readPieces(content, 7001), await readPieces(content, 100)]) {
      expect(result.outcome.kind).toBe("cut-short");
      expect(result.bytes.length).toBeGreaterThanOrEqual(before.length);
      expect(result.bytes.subarray(0, before.length).equals(before)).toBe(true);
    }
});

test("a gzip file whose checksum alone is wrong gives all of it", async () => {
  const packed = gzipSync(LOG);
  packed.writeUInt32LE(1, packed.length - 8);
  const { outcome, bytes } = await read(packed);
  expect(outcome.kind).toBe("cut-short");
  expect(bytes.equals(LOG)).toBe(true);
});

test("an empty file is read, and nothing comes of it", async () => {
  expect(await read(Buffer.alloc(0))).toEqual({ outcome: { kind: "read" }, bytes: Buffer.alloc(0) });
});

test("standard input the same way, compressed too", async () => {
  for (const content of [LOG, gzipSync(LOG)]) {
    const sink = new Collector();
    const pieces = Array.from({ length: Math.ceil(content.length / 7001) }, (_, index) =>
      content.subarray(index * 7001, (index + 1) * 7001),
    );
    expect(await readLogStream(Readable.from(pieces), { sink })).toEqual({ kind: "read" });
    expect(sink.bytes.equals(LOG)).toBe(true);
  }
});

test("what cannot be read is refused with a reason", async () => {
  expect(logFileTrouble(join(folder, "none"))).toBe("there is no such file");
  expect(logFileTrouble(folder)).toBe("it is a directory");
  const path = join(folder, "log");
  await writeFile(path, LOG);
  expect(logFileTrouble(path)).toBeNull();
  expect(logFileTrouble(join(path, "below"))).toBe("there is no such file");
  if (process.getuid?.() === 0) return;
  await chmod(path, 0);
  expect(logFileTrouble(path)).toBe("this user may not read it");
});

async function readPieces(content: Buffer, size: number) {
  const sink = new Collector();
  const pieces = Array.from({ length: Math.ceil(content.length / size) }, (_, index) => content.subarray(index * size, (index + 1) * size));
  return { outcome: await readLogStream(Readable.from(pieces), { sink }), bytes: sink.bytes };
}
