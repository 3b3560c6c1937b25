/** The domain of a mail address in a log line: all that is kept of it by default. */
import type { Buffer } from "node:buffer";
import { printable } from "@mxray/contracts";
import { ByteMap } from "../bytes/byte-map.ts";

const AT = 64;
const GREATER = 62;

/** Domains that are remembered as strings; more are only made anew. */
const REMEMBERED = 4096;

/** Of an address as logged, lower case; null for the null sender and for what has none. */
export function domainIn(bytes: Buffer, from: number, to: number): string | null {
  const at = domainAt(bytes, from, to);
  return at === -1 ? null : printable(bytes.subarray(at, domainEnd(bytes, to)), 255).toLowerCase();
}

/** The same for very many addresses of few domains. */
export class DomainNames {
  readonly #known = new ByteMap<string>(REMEMBERED);

  of(bytes: Buffer, from: number, to: number): string | null {
    const at = domainAt(bytes, from, to);
    if (at === -1) return null;
    const known = this.#known.get(bytes, at, to);
    if (known !== undefined) return known;
    const domain = domainIn(bytes, from, to);
    if (domain !== null) this.#known.set(bytes, at, to, domain);
    return domain;
  }
}

/** -1 where there is none. */
function domainAt(bytes: Buffer, from: number, to: number): number {
  let at = to - 1;
  while (at >= from && bytes[at] !== AT) at -= 1;
  return at < from || domainEnd(bytes, to) - at <= 1 ? -1 : at + 1;
}

function domainEnd(bytes: Buffer, to: number): number {
  return bytes[to - 1] === GREATER ? to - 1 : to;
}
