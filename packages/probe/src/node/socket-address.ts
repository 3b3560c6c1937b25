/** `struct sockaddr_in` and `sockaddr_in6`: from canonical address text to bytes and back (RFC 3493). */
import { AF_INET, AF_INET6 } from "./libc.ts";

/** @param address canonical text, as `canonicalAddress` gives it */
export function encodeSocketAddress(address: string, family: 4 | 6, port: number): Uint8Array {
  const bytes = Buffer.alloc(family === 4 ? 16 : 28);
  bytes.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, 0);
  bytes.writeUInt16BE(port, 2);
  if (family === 4) bytes.set(address.split(".").map(Number), 4);
  else bytes.set(ipv6Bytes(address), 8);
  return bytes;
}

/** The address in a `sockaddr` at this offset, or null when its family is neither IPv4 nor IPv6. */
export function decodeSocketAddress(bytes: Uint8Array, offset = 0): { address: string; port: number } | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + offset, bytes.byteLength - offset);
  if (view.length < 16) return null;
  const port = view.readUInt16BE(2);
  const family = view.readUInt16LE(0);
  if (family === AF_INET) return { address: addressOfBytes(view.subarray(4, 8), family), port };
  if (family !== AF_INET6 || view.length < 24) return null;
  return { address: addressOfBytes(view.subarray(8, 24), family), port };
}

/** The canonical text of the address that these bytes begin with: four of IPv4, sixteen of IPv6. */
export function addressOfBytes(bytes: Buffer, family: typeof AF_INET | typeof AF_INET6): string {
  if (family === AF_INET) return bytes.subarray(0, 4).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

function ipv6Bytes(address: string): Uint8Array {
  // The URL standard rewrites an embedded dotted quad, so only hexadecimal groups are left.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = tail === undefined ? left : [...left, ...new Array<string>(8 - left.length - right.length).fill("0"), ...right];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index);
  return bytes;
}
