/** The bodies of `/api/v1/links`: links that open one diagnosis, one stress run or the wall screen without an account. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { LINK_OPENS } from "../terms/link-terms.ts";

/** Who made a link: the sign-in behind the session. */
export const LinkMaker = Type.Object({
  /** The one who asks made it: in the same browser, since the same sign-in. */
  here: Type.Boolean(),
  /** Null for the owner, and for a user who was deleted since. */
  user: Nullable(Type.String()),
  signedInAt: Timestamp,
  address: Nullable(Type.String({ description: "that the sign-in came from; behind a reverse proxy the proxy's" })),
  browser: Nullable(Type.String({ description: "as it called itself: 'Firefox on Linux'" })),
});
export type LinkMaker = Static<typeof LinkMaker>;

export const DiagnosisLinkRequest = Type.Object(
  {
    probeId: Type.String(),
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 30, description: "days until the link stops working" })),
    note: Type.Optional(Type.String({ maxLength: 2000, description: "a word to the reader" })),
    includePrivate: Type.Optional(
      Type.Boolean({
        default: false,
        description: "keep mail addresses, internal host names and the source address, which are removed otherwise",
      }),
    ),
  },
  { additionalProperties: false },
);
export type DiagnosisLinkRequest = Static<typeof DiagnosisLinkRequest>;

export const WallLinkRequest = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 80, description: "where the screen hangs" }) },
  { additionalProperties: false },
);
export type WallLinkRequest = Static<typeof WallLinkRequest>;

export const StressLinkRequest = Type.Object(
  {
    runId: Type.String({ maxLength: 64 }),
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 30, description: "days until the link stops working" })),
    note: Type.Optional(Type.String({ maxLength: 2000, description: "a word to the reader" })),
    includePrivate: Type.Optional(
      Type.Boolean({
        default: false,
        description: "keep mail addresses, addresses of machines and names of users, which are taken out otherwise",
      }),
    ),
  },
  { additionalProperties: false },
);
export type StressLinkRequest = Static<typeof StressLinkRequest>;

export const LinkSummary = Type.Object({
  id: Type.String(),
  opens: OneOf(LINK_OPENS),
  name: Type.String({ description: "the target of the diagnosis, or where the screen hangs" }),
  probeId: Nullable(Type.String({ description: "the diagnosis that it opens" })),
  stressId: Nullable(Type.String({ description: "the stress run that it opens" })),
  createdAt: Timestamp,
  expiresAt: Nullable(Type.String({ description: "RFC 3339 in UTC; null where it works until it is revoked" })),
  revokedAt: Nullable(Timestamp),
  lastUsedAt: Nullable(Type.String({ description: "RFC 3339 in UTC; of a wall screen that stays on, to the minute" })),
  opened: Type.Integer({ description: "how often it was opened; a screen that stays on counts once" }),
  /** Null where it was made before that was noted. */
  madeBy: Nullable(LinkMaker),
});
export type LinkSummary = Static<typeof LinkSummary>;

/** Shown once, when the link is made: the token is kept only as a hash. */
export const LinkCreated = Type.Interface([LinkSummary], {
  token: Type.String(),
  url: Type.String(),
  /** The link leads to this machine only. */
  loopback: Type.Boolean(),
});
export type LinkCreated = Static<typeof LinkCreated>;

export const LinkList = Type.Object({ links: Type.Array(LinkSummary) });
export type LinkList = Static<typeof LinkList>;
