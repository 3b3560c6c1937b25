/**
 * A request that cannot be fulfilled: a code for programs and one sentence for a person. It is thrown by whatever knows the
 * reason; which HTTP status it becomes is known to http/plugins/errors.ts alone.
 */
export type RefusalCode =
  | "agent-revoked"
  | "already-ended"
  | "already-followed"
  | "busy"
  | "cross-site"
  | "delivery-not-confirmed"
  | "followed-by-agent"
  | "internal"
  | "invalid-channel"
  | "invalid-location"
  | "invalid-password"
  | "invalid-range"
  | "invalid-recipient"
  | "invalid-request"
  | "invalid-setting"
  | "invalid-target"
  | "invalid-token"
  | "managed-by-provider"
  | "name-taken"
  | "named-by-environment"
  | "no-password"
  | "no-such-vantage"
  | "not-followed"
  | "not-found"
  | "not-open"
  | "not-signed-in"
  | "not-startable"
  | "nothing-to-check"
  | "nothing-to-share"
  | "open"
  | "own-account"
  | "page-not-built"
  | "port-not-allowed"
  | "practice-not-watched"
  | "queue-full"
  | "role-too-small"
  | "scope-too-small"
  | "share-expired"
  | "share-revoked"
  | "sign-on-refused"
  | "sign-on-unreachable"
  | "store-unavailable"
  | "stress-not-confirmed"
  | "stress-running"
  | "target-not-allowed"
  | "too-large"
  | "too-many-deliveries"
  | "too-many-requests"
  | "too-many-watches"
  | "too-slow"
  | "unsupported-media-type"
  | "user-disabled"
  | "vantage-not-ready"
  | "version-mismatch"
  | "wall-link-revoked"
  | "wrong-password";

export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly details: unknown;

  /** @param cause what went wrong elsewhere, for the server's log */
  constructor(code: RefusalCode, message: string, details?: unknown, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.details = details;
  }
}

export function notFound(what: string): Refusal {
  return new Refusal("not-found", `There is no such ${what}; it may have been deleted.`);
}
