/** Users, and tokens of programs. */
import type { TokenScope, UserRole } from "@mxray/contracts";
import type { Act } from "./audit-store.ts";

export interface StoredUser {
  readonly id: string;
  readonly name: string;
  readonly role: UserRole;
  readonly createdAt: string;
  readonly disabledAt: string | null;
  readonly lastSignedInAt: string | null;
  /** As a PHC string; null until the user chooses one, and for whom a provider signs in. */
  readonly password: string | null;
  /** Of the OpenID Connect provider that signs this user in; null for a password. */
  readonly issuer: string | null;
}

/** Whom a provider signed in. The subject never changes; a name can be another person's later. */
export interface ProvidedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  /** By the groups of the user; null where they give none. */
  readonly role: UserRole | null;
}

export type SignOnOutcome =
  | { readonly kind: "signed-on"; readonly user: StoredUser /** The sessions before this one have ended. */; readonly roleChanged: boolean }
  | { readonly kind: "disabled" | "no-role" /** Null for one who never signed in. */; readonly user: StoredUser | null }
  | { readonly kind: "name-taken" };

export interface UserChange {
  readonly role?: UserRole;
  readonly disabled?: boolean;
}

/** What a user's password is set with: a sign-in link, which it uses up, or a session, which goes on. */
export interface PasswordProof {
  readonly tokenHash?: string;
  readonly sessionHash?: string;
}

/** Names are compared without regard to the letters' case. */
export interface UserStore {
  /** Null if the name is taken. */
  create(user: Pick<StoredUser, "name" | "role" | "createdAt">, act: Act): Promise<StoredUser | null>;
  /** By name. */
  list(): Promise<StoredUser[]>;
  get(id: string): Promise<StoredUser | null>;
  named(name: string): Promise<StoredUser | null>;
  /** Whether there is one who signs in with a password. */
  any(): Promise<boolean>;
  /**
   * The user of a provider, made at the first sign-on. Another role, or none, ends the sessions that the user has.
   *
   * @param at RFC 3339
   * @param address that the request came from
   */
  signOn(identity: ProvidedIdentity, at: string, address: string): Promise<SignOnOutcome>;
  /** Ends the sessions of a user whom the provider signed out; false if there is no such user. */
  signOff(identity: Pick<ProvidedIdentity, "issuer" | "subject">, at: string, address: string): Promise<boolean>;
  /** Ends the user's sessions and sign-in links if anything changes. */
  change(id: string, change: UserChange, act: Act): Promise<StoredUser | null>;
  /**
   * Ends the user's other sessions and sign-in links. False if there is no such user, the user is disabled, or the link of the proof
   * was used up.
   */
  setPassword(id: string, password: string, proof: PasswordProof, act: Act): Promise<boolean>;
  /** Ends the user's sessions and sign-in links. */
  delete(id: string, act: Act): Promise<boolean>;
}

export interface NewToken {
  readonly name: string;
  /** SHA-256 of the token, hex; the token itself is never kept. */
  readonly tokenHash: string;
  readonly scopes: readonly TokenScope[];
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Name of the admin; null for the owner. */
  readonly madeBy: string | null;
}

export interface StoredToken extends Omit<NewToken, "tokenHash"> {
  readonly id: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

export interface TokenStore {
  create(token: NewToken, act: Act): Promise<StoredToken>;
  /** Newest first. */
  list(): Promise<StoredToken[]>;
  /** Also finds expired and revoked ones. */
  byHash(tokenHash: string): Promise<StoredToken | null>;
  noteUse(id: string, at: string): Promise<void>;
  /** False if there is none that could be revoked. */
  revoke(id: string, act: Act): Promise<boolean>;
}
