/** The bodies of `/api/v1/users`, `/api/v1/tokens`, `/api/v1/audit` and of sign-in. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { ACTOR_KINDS, AUDIT_ACTIONS, TOKEN_SCOPES, USER_ROLES } from "../terms/access-terms.ts";

export const UserSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: OneOf(USER_ROLES),
  createdAt: Timestamp,
  disabledAt: Nullable(Timestamp),
  lastSignedInAt: Nullable(Timestamp),
  hasPassword: Type.Boolean({ description: "false until the user has opened the invitation and chosen one" }),
  issuer: Nullable(Type.String({ description: "of the OpenID Connect provider that signs this user in; null for a password" })),
});
export type UserSummary = Static<typeof UserSummary>;

export const UserList = Type.Object({ users: Type.Array(UserSummary) });
export type UserList = Static<typeof UserList>;

export const UserRequest = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: "^[A-Za-z0-9][A-Za-z0-9._@+-]*$",
      description: "letters, digits and . _ @ + -; upper and lower case are the same",
    }),
    role: OneOf(USER_ROLES),
  },
  { additionalProperties: false },
);
export type UserRequest = Static<typeof UserRequest>;

export const UserChangeRequest = Type.Object(
  { role: Type.Optional(OneOf(USER_ROLES)), disabled: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);
export type UserChangeRequest = Static<typeof UserChangeRequest>;

/** Shown once: the link is kept only as a hash. */
export const UserInvitation = Type.Object({
  user: UserSummary,
  url: Type.String({ description: "opens a page where the user chooses a password" }),
  expiresAt: Timestamp,
  /** The link leads to this machine only. */
  loopback: Type.Boolean(),
});
export type UserInvitation = Static<typeof UserInvitation>;

export const PasswordChangeRequest = Type.Object(
  { current: Type.String({ maxLength: 1000 }), password: Type.String({ maxLength: 1000 }) },
  { additionalProperties: false },
);
export type PasswordChangeRequest = Static<typeof PasswordChangeRequest>;

export const TokenSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(OneOf(TOKEN_SCOPES)),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  revokedAt: Nullable(Timestamp),
  lastUsedAt: Nullable(Type.String({ description: "RFC 3339 in UTC, to the minute" })),
  madeBy: Nullable(Type.String({ description: "name of the admin; null for the owner" })),
});
export type TokenSummary = Static<typeof TokenSummary>;

export const TokenList = Type.Object({
  tokens: Type.Array(TokenSummary),
  scopes: Type.Array(OneOf(TOKEN_SCOPES), { description: "those that open something on this server" }),
});
export type TokenList = Static<typeof TokenList>;

export const TokenRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 80, description: "what uses it" }),
    scopes: Type.Array(OneOf(TOKEN_SCOPES), { minItems: 1, maxItems: TOKEN_SCOPES.length, uniqueItems: true }),
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 730, default: 90 })),
  },
  { additionalProperties: false },
);
export type TokenRequest = Static<typeof TokenRequest>;

/** Shown once: the token is kept only as a hash. */
export const TokenCreated = Type.Interface([TokenSummary], { token: Type.String() });
export type TokenCreated = Static<typeof TokenCreated>;

export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: Timestamp,
  actor: Type.Object({ kind: OneOf(ACTOR_KINDS), id: Nullable(Type.String()), name: Nullable(Type.String()) }),
  address: Type.String({ description: "that the request came from" }),
  action: OneOf(AUDIT_ACTIONS),
  object: Type.Object({ id: Nullable(Type.String()), name: Nullable(Type.String()), detail: Nullable(Type.String()) }),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditList = Type.Object({
  entries: Type.Array(AuditEntry),
  next: Nullable(Type.Integer({ description: "`before` of the next page" })),
});
export type AuditList = Static<typeof AuditList>;

export const AuditQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  before: Type.Optional(Type.Integer({ minimum: 1, description: "`next` of the page before" })),
  action: Type.Optional(OneOf(AUDIT_ACTIONS)),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "part of the name of who acted, or of what was changed" })),
});
export type AuditQuery = Static<typeof AuditQuery>;
