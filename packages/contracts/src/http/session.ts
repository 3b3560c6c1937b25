/** Who is signed in. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf } from "../schema-parts.ts";
import { USER_ROLES } from "../terms/access-terms.ts";

/** `GET /api/v1/session`: who is signed in, and what the page needs to know of the server. */
export const SessionInfo = Type.Object({
  version: Type.String(),
  publicUrl: Type.String(),
  loopback: Type.Boolean({ description: "the public URL leads to this machine only" }),
  allowedPorts: Type.Array(Type.Integer()),
  contact: Nullable(Type.String()),
  role: OneOf(USER_ROLES),
  user: Nullable(
    Type.Object(
      {
        id: Type.String(),
        name: Type.String(),
        issuer: Nullable(Type.String({ description: "of the OpenID Connect provider that signed the user in" })),
      },
      { description: "null for the owner, who signed in by the one-time link" },
    ),
  ),
});
export type SessionInfo = Static<typeof SessionInfo>;
