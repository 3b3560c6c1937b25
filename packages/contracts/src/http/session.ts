/** Who is signed in. */
import Type, { type Static } from "typebox";
import { Nullable } from "../schema-parts.ts";

/** `GET /api/v1/session`: who is signed in, and what the page needs to know of the server. */
export const SessionInfo = Type.Object({
  version: Type.String(),
  publicUrl: Type.String(),
  loopback: Type.Boolean({ description: "the public URL leads to this machine only" }),
  allowedPorts: Type.Array(Type.Integer()),
  contact: Nullable(Type.String()),
});
export type SessionInfo = Static<typeof SessionInfo>;
