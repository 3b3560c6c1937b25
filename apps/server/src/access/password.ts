/**
 * Passwords as argon2id (RFC 9106) in PHC strings, with the least cost that OWASP names: 19 MiB, two passes, one lane. At most four are
 * hashed at a time, in libuv's threads, and one core stays free for the event loop; more wait, up to a bound.
 */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { PASSWORD_LENGTH } from "@mxray/contracts";
import { HashPlaces } from "./hash-places.ts";

const COST = { memory: 19 * 1024, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const hashNow = promisify(argon2);
const places = new HashPlaces({ atOnce: Math.min(4, Math.max(1, availableParallelism() - 1)), mostWaiting: 100 });

/** @throws Refusal `busy` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return phcString(salt, await argon2id(password, salt, COST, HASH_BYTES));
}

/**
 * Takes as long for a user who does not exist or has no password.
 *
 * @param stored null where there is none
 * @throws Refusal `busy`
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const { cost, salt, hash } = parsePhc(stored ?? NOBODY);
  const given = await argon2id(password, salt, cost, hash.length);
  return timingSafeEqual(given, hash) && stored !== null;
}

/** One sentence; null for a password that may be chosen. */
export function passwordProblem(password: string, name: string): string | null {
  const { least, most } = PASSWORD_LENGTH;
  const length = [...password].length;
  if (length < least || length > most) return `A password has ${least} to ${most} characters; this one has ${length}.`;
  if (password.toLowerCase().includes(name.toLowerCase()) && length < name.length + least)
    return "Choose a password that does not contain your name.";
  if (new Set(password).size < 5) return "Choose a password with at least five different characters.";
  return null;
}

type Cost = { readonly [N in keyof typeof COST]: number };

/** Keyboards write the same letter in several ways. */
async function argon2id(password: string, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  return await places.run(() => hashNow("argon2id", { message: password.normalize("NFKC"), nonce, tagLength, ...cost }));
}

function phcString(salt: Buffer, hash: Buffer): string {
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

function parsePhc(text: string): { readonly cost: Cost; readonly salt: Buffer; readonly hash: Buffer } {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(text);
  if (parts === null) throw new Error("A stored password is not an argon2id string.");
  const [, memory, passes, parallelism, salt = "", hash = ""] = parts;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}

/** Fits no password. */
const NOBODY = phcString(Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));
