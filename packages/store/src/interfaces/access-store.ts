/** Who may come in: sessions, and links that open one thing. */
import type { LinkOpens } from "@mxray/contracts";

export interface NewLink {
  readonly opens: LinkOpens;
  /** The diagnosis that it opens; null for the wall. */
  readonly probeId: string | null;
  /** Where the screen hangs; null for a diagnosis, whose target names it. */
  readonly name: string | null;
  /** SHA-256 of the token, hex; the token itself is never kept. */
  readonly tokenHash: string;
  readonly createdAt: string;
  /** Null where it works until it is revoked. */
  readonly expiresAt: string | null;
  readonly note: string | null;
  readonly includePrivate: boolean;
  readonly signInId: string | null;
}

export interface StoredLink extends Omit<NewLink, "signInId" | "name"> {
  readonly id: string;
  readonly name: string;
  /** Null where that was not noted. */
  readonly madeBy: SignIn | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  /** How often its page was opened; what a screen asks for later does not count. */
  readonly opened: number;
}

/** Links that open one diagnosis or the wall screen, and nothing else. */
export interface LinkStore {
  create(link: NewLink): Promise<StoredLink>;
  /** Also finds expired and revoked ones: their reader is told which. */
  byTokenHash(tokenHash: string): Promise<StoredLink | null>;
  /** Newest first. */
  list(): Promise<StoredLink[]>;
  countOpening(id: string, at: string): Promise<void>;
  noteUse(id: string, at: string): Promise<void>;
  revoke(id: string, at: string): Promise<boolean>;
}

/** A browser became somebody who may do everything. */
export interface SignIn {
  readonly id: string;
  readonly at: string;
  /** Null of those before addresses were noted. */
  readonly address: string | null;
  /** As it called itself, in few words. */
  readonly browser: string | null;
}

export interface NewSession {
  /** SHA-256 of the cookie's secret, hex. */
  readonly sessionHash: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly address: string | null;
  readonly browser: string | null;
}

/** One-time sign-in tokens and the sessions that they become; both kept as SHA-256 only. */
export interface SessionStore {
  addSignInToken(tokenHash: string, expiresAt: string): Promise<void>;
  /** True once for a token that has not expired: the same call uses it up. */
  consumeSignInToken(tokenHash: string, now: string): Promise<boolean>;
  /** Whether such a token would be accepted, without using it up. */
  hasSignInToken(tokenHash: string, now: string): Promise<boolean>;
  /** Begins a session, and notes the sign-in for as long as something that was made in it is kept. */
  create(session: NewSession): Promise<void>;
  /** The sign-in of a session that stands, or null. */
  signInOf(sessionHash: string, now: string): Promise<SignIn | null>;
  delete(sessionHash: string): Promise<void>;
}
