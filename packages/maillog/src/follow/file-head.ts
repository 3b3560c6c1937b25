/** By its first bytes a file is known again: under another name, as a copy, compressed, or when it was written anew. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { FileMark } from "./follow-step.ts";
import type { OpenLogFile } from "./log-files.ts";

/** Several lines with their time stamps: no two logs begin alike. */
const HEAD_BYTES = 1024;

export class FileHead {
  #bytes: Buffer = Buffer.alloc(0);
  #digest: FileMark["head"] = { length: 0, sha256: "" };

  /** Takes in what was read at `offset`, as far as it belongs to the head. */
  extend(chunk: Buffer, offset: number): void {
    if (offset > this.#bytes.length || this.#bytes.length >= HEAD_BYTES) return;
    const more = chunk.subarray(this.#bytes.length - offset, HEAD_BYTES - offset);
    if (more.length > 0) this.#bytes = Buffer.concat([this.#bytes, more]);
  }

  /** Whether the file still begins so. */
  async stands(file: OpenLogFile): Promise<boolean> {
    const { length } = this.#bytes;
    return length === 0 || this.#bytes.equals(await readHead(file, length));
  }

  is({ length, sha256 }: FileMark["head"]): boolean {
    return this.#bytes.length === length && digestOf(this.#bytes) === sha256;
  }

  /** Of the first `told` bytes, which are at least 1. */
  digest(told: number): FileMark["head"] {
    const length = Math.min(told, HEAD_BYTES, this.#bytes.length);
    if (this.#digest.length !== length) this.#digest = { length, sha256: digestOf(this.#bytes.subarray(0, length)) };
    return this.#digest;
  }
}

/** @param zipped by the content of a compressed file */
export async function headMatches(file: OpenLogFile, zipped: boolean, { length, sha256 }: FileMark["head"]): Promise<boolean> {
  const head = zipped ? await unzippedHead(file, length) : await readHead(file, length);
  return head.length === length && digestOf(head) === sha256;
}

async function unzippedHead(file: OpenLogFile, length: number): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of file.unzip()) {
      head = Buffer.concat([head, chunk.subarray(0, length - head.length)]);
      if (head.length === length) break;
    }
  } catch {
    // Damaged: what came out before is enough, or the file is another one.
  }
  return head;
}

/** @param length at most `HEAD_BYTES` */
export async function readHead(file: OpenLogFile, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, length === 0 ? 0 : await file.read(buffer, 0));
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
