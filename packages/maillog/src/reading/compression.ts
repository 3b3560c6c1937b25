/**
 * How a file is compressed, by its first bytes (RFC 1952, RFC 8878, the .xz format 1.2.1, bzip2), and what decompresses it. The
 * libraries for xz and bzip2 are loaded only for such a file. The xz library does not check SHA-256 sums and knows no BCJ filters.
 */
import type { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

/** Bytes that zlib decompresses at a time, and loses where it meets damage in them. With less, it takes longer. */
const GZIP_PIECE = 4096;

export type Compression = "gzip" | "zstd" | "xz" | "bzip2";

const MAGIC: Readonly<Record<Compression, readonly number[]>> = {
  gzip: [0x1f, 0x8b],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  bzip2: [0x42, 0x5a, 0x68],
};

/** Bytes that tell it. */
export const COMPRESSION_HEAD = 5;

export function compressionOf(head: Buffer): Compression | null {
  const found = Object.entries(MAGIC).find(([, magic]) => magic.every((byte, at) => head[at] === byte));
  return (found?.[0] as Compression | undefined) ?? null;
}

export async function decompressorOf(compression: Compression): Promise<NodeJS.ReadWriteStream> {
  switch (compression) {
    case "gzip":
      return createGunzip({ chunkSize: GZIP_PIECE });
    case "zstd":
      return createZstdDecompress();
    case "xz":
      return await xzDecompressor();
    case "bzip2":
      return (await import("unbzip2-stream")).default();
  }
}

const PIECE = 4096;

async function xzDecompressor(): Promise<Duplex> {
  const { XzReadableStream } = (await import("xz-decompress")).default;
  // The library gives nothing of a piece in which it meets damage: small pieces lose little.
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      for (let at = 0; at < chunk.length; at += PIECE) controller.enqueue(chunk.subarray(at, at + PIECE));
    },
  });
  return Duplex.fromWeb({ readable: new XzReadableStream(readable), writable });
}
