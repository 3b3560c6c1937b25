/** Who made a link that was given out. There are no accounts, so this is the sign-in behind the session. */
import Type, { type Static } from "typebox";
import { Nullable, Timestamp } from "../schema-parts.ts";

export const LinkMaker = Type.Object({
  /** The one who asks made it: in the same browser, since the same sign-in. */
  here: Type.Boolean(),
  signedInAt: Timestamp,
  address: Nullable(Type.String({ description: "that the sign-in came from; behind a reverse proxy the proxy's" })),
  browser: Nullable(Type.String({ description: "as it called itself: 'Firefox on Linux'" })),
});
export type LinkMaker = Static<typeof LinkMaker>;
