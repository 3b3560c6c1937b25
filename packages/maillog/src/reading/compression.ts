/**
 * How a file is compressed, told by its first bytes (RFC 1952, RFC 8878; the .xz format 1.2.1, bzip2). gzip and Zstandard are read;
 * the others have no reader here, and are named in what is said of the file.
 */
import type { Buffer } from "node:buffer";
import type { Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

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

/** A new decompressor; a sentence's end where there is none: what stands behind the file's name. */
export function decompressorOf(compression: Compression): Transform | string {
  switch (compression) {
    case "gzip":
      return createGunzip();
    case "zstd":
      return createZstdDecompress();
    case "xz":
    case "bzip2":
      return `it is compressed with ${compression}, which mxray does not read; unpack it first`;
  }
}
