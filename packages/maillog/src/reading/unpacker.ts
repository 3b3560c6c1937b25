/**
 * Decompresses into a sink as it goes; everything before damage or an early end is given. Node's zlib drops what it has decompressed
 * of a piece when it meets either in it, so of a gzip file the compressed bytes are kept, up to a bound: then the piece is read again, byte
 * by byte. Of longer files, the last 4 kB before the damage may be missing; zstd, xz and bzip2 end with the last whole block.
 */
import { Buffer } from "node:buffer";
import { PassThrough, Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { constants, createGunzip } from "node:zlib";
import { type Compression, decompressorOf } from "./compression.ts";

export type UnpackOutcome =
  | { readonly kind: "read" }
  /** Read as far as possible. */
  | { readonly kind: "cut-short"; readonly reason: string };

/** Compressed bytes that are kept of a gzip file. */
const MOST_KEPT = 16 * 1024 * 1024;
const PIECE = 64 * 1024;

export class Unpacker {
  readonly #input = new PassThrough();
  readonly #done: Promise<UnpackOutcome>;
  readonly #push: (chunk: Buffer) => void;
  /** Null where nothing is kept. */
  #kept: Buffer[] | null;
  #keptBytes = 0;
  #given = 0;
  #failed = false;

  private constructor(compression: Compression, decompressor: NodeJS.ReadWriteStream, push: (chunk: Buffer) => void) {
    this.#push = push;
    this.#kept = compression === "gzip" ? [] : null;
    decompressor.on("data", (chunk: Uint8Array) => {
      this.#given += chunk.length;
      push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    });
    this.#done = new Promise((resolve) => {
      decompressor.once("end", () => resolve({ kind: "read" }));
      decompressor.once("error", (error: NodeJS.ErrnoException) => {
        this.#failed = true;
        this.#input.destroy();
        const how = error.code === "Z_BUF_ERROR" ? "ends too early" : "is damaged";
        const { bytesWritten = 0 } = decompressor as { readonly bytesWritten?: number };
        resolve(this.#rescued(bytesWritten).then(() => ({ kind: "cut-short", reason: `the compressed file ${how}` })));
      });
    });
    this.#input.pipe(decompressor);
  }

  /** @param push given the chunks; one may be overwritten once the chunk after it was pushed */
  static async open(compression: Compression, push: (chunk: Buffer) => void): Promise<Unpacker> {
    return new Unpacker(compression, await decompressorOf(compression), push);
  }

  /** @returns whether more is wanted */
  async write(chunk: Buffer): Promise<boolean> {
    if (this.#failed) return false;
    // Its own copy: the pipe may hold it while the buffer is filled again.
    const copy = Buffer.from(chunk);
    this.#keptBytes += copy.length;
    if (this.#keptBytes > MOST_KEPT) this.#kept = null;
    this.#kept?.push(copy);
    if (!this.#input.write(copy)) {
      await Promise.race([new Promise((resolve) => this.#input.once("drain", resolve)), this.#done]);
    }
    return !this.#failed;
  }

  end(): Promise<UnpackOutcome> {
    this.#input.end();
    return this.#done;
  }

  /** @param good compressed bytes before the piece with the damage */
  async #rescued(good: number): Promise<void> {
    if (this.#kept === null) return;
    let skip = this.#given;
    await gunzipUntilDamage(Buffer.concat(this.#kept), good, (chunk) => {
      if (skip < chunk.length) this.#push(chunk.subarray(skip));
      skip = Math.max(0, skip - chunk.length);
    });
  }
}

/** @param good bytes that are written in large pieces; those after them one by one */
async function gunzipUntilDamage(packed: Buffer, good: number, push: (chunk: Buffer) => void): Promise<void> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // An iterator would drop what waits when the error comes.
  gunzip.on("data", push);
  Readable.from(pieces(packed, good)).pipe(gunzip);
  await finished(gunzip).catch(() => undefined);
}

function* pieces(packed: Buffer, good: number): Generator<Buffer> {
  let at = 0;
  for (; at < good; at += PIECE) yield packed.subarray(at, Math.min(good, at + PIECE));
  for (at = good; at < packed.length; at += 1) yield packed.subarray(at, at + 1);
}
