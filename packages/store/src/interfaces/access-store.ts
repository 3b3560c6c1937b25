/** Who may come in: sessions, and links that open one thing. */
import type { LinkOpens, UserRole } from "@mxray/contracts";
import type { Act } from "./audit-store.ts";

export interface NewLink {
  readonly opens: LinkOpens;
  /** The diagnosis that it opens; null for others. */
  readonly probeId: string | null;
  /** The stress run that it opens; null or missing for others. */
  readonly stressId?: string | null;
  /** Where the screen hangs, or the target of a stress run; null for a diagnosis, whose target names it. */
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

export interface StoredLink extends Omit<NewLink, "signInId" | "name" | "stressId"> {
  readonly id: string;
  readonly stressId: string | null;
  readonly name: string;
  /** Also where `includePrivate`, if the link is older than the question about this machine's address. */
  readonly hidesSource: boolean;
  /** Null where that was not noted. */
  readonly madeBy: SignIn | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  /** How often its page was opened; what a screen asks for later does not count. */
  readonly opened: number;
}

/** Links that open one diagnosis or the wall screen, and nothing else. */
export interface LinkStore {
  create(link: NewLink, act?: Act): Promise<StoredLink>;
  /** Also finds expired and revoked ones: their reader is told which. */
  byTokenHash(tokenHash: string): Promise<StoredLink | null>;
  /** Newest first. */
  list(): Promise<StoredLink[]>;
  countOpening(id: string, at: string): Promise<void>;
  noteUse(id: string, at: string): Promise<void>;
  revoke(id: string, at: string, act?: Act): Promise<boolean>;
}

/** Whom a session stands for. */
export interface SignedInUser {
  readonly id: string;
  readonly name: string;
  readonly role: UserRole;
}

/** A browser became the owner, who may do everything, or a user. */
export interface SignIn {
  readonly id: string;
  readonly at: string;
  /** Null of those before addresses were noted. */
  readonly address: string | null;
  /** As it called itself, in few words. */
  readonly browser: string | null;
  /** Null for the owner. */
  readonly user: SignedInUser | null;
}

export interface NewSession {
  /** SHA-256 of the cookie's secret, hex. */
  readonly sessionHash: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly address: string | null;
  readonly browser: string | null;
  /** Null or missing for the owner. */
  readonly userId?: string | null;
  /** Hash of a session of the same browser, which ends. */
  readonly replaces?: string | null;
}

/** A sign-in link for a user, by which the user chooses a password. */
export interface Invitation {
  readonly userId: string;
  readonly name: string;
  readonly act: Act;
}

/** One-time sign-in tokens and the sessions that they become; both kept as SHA-256 only. */
export interface SessionStore {
  /** Without an invitation it is the owner's. A user has one at a time. */
  addSignInToken(tokenHash: string, expiresAt: string, invitation?: Invitation): Promise<void>;
  /** True once for a token that has not expired: the same call uses it up. */
  consumeSignInToken(tokenHash: string, now: string): Promise<boolean>;
  /** Whom such a token would sign in (null for the owner), without using it up; null if it would be refused. */
  signInToken(tokenHash: string, now: string): Promise<{ readonly userId: string | null } | null>;
  /** Begins a session, and notes the sign-in for as long as something that was made in it is kept. */
  create(session: NewSession, act?: Act): Promise<void>;
  /** The sign-in of a session that stands, or null. */
  signInOf(sessionHash: string, now: string): Promise<SignIn | null>;
  delete(sessionHash: string, act?: Act): Promise<void>;
}
