/** Who may come in: sessions, shared diagnoses and wall links. */

export interface NewShare {
  readonly probeId: string;
  /** SHA-256 of the token, hex; the token itself is never kept. */
  readonly tokenHash: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly note: string | null;
  readonly includePrivate: boolean;
  readonly signInId: string | null;
}

export interface StoredShare extends Omit<NewShare, "signInId"> {
  readonly id: string;
  /** Null where that was not noted. */
  readonly madeBy: SignIn | null;
  readonly target: string;
  readonly revokedAt: string | null;
  readonly lastOpenedAt: string | null;
  readonly opened: number;
}

export interface ShareStore {
  create(share: NewShare): Promise<StoredShare>;
  /** Also finds expired and revoked ones: their reader is told which. */
  byTokenHash(tokenHash: string): Promise<StoredShare | null>;
  /** Newest first. */
  list(): Promise<StoredShare[]>;
  countOpening(id: string, at: string): Promise<void>;
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

export interface NewWallLink {
  /** Where the screen hangs. */
  readonly name: string;
  /** SHA-256 of the token, hex; the token itself is never kept. */
  readonly tokenHash: string;
  readonly createdAt: string;
  readonly signInId: string | null;
}

export interface StoredWallLink extends Omit<NewWallLink, "signInId"> {
  readonly id: string;
  /** Null where that was not noted. */
  readonly madeBy: SignIn | null;
  readonly lastUsedAt: string | null;
  /** How often its page was opened; what that asks for later does not count. */
  readonly opened: number;
  readonly revokedAt: string | null;
}

/** Links that open the wall screen and nothing else, until they are revoked. */
export interface WallLinkStore {
  create(link: NewWallLink): Promise<StoredWallLink>;
  /** Also finds revoked ones: their reader is told so. */
  byTokenHash(tokenHash: string): Promise<StoredWallLink | null>;
  /** Newest first. */
  list(): Promise<StoredWallLink[]>;
  countOpening(id: string, at: string): Promise<void>;
  noteUse(id: string, at: string): Promise<void>;
  revoke(id: string, at: string): Promise<boolean>;
}
