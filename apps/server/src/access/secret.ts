/** Secrets that are given out once and kept as a hash. */
import { createHash, randomBytes } from "node:crypto";

/** 160 random bits, base64url: 27 characters that stand in a URL as they are. */
export function newSecret(): string {
  return randomBytes(20).toString("base64url");
}

/** SHA-256, hex. The secrets are random, so a slow hash would add nothing. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
