/** Who made a link, as somebody signed in is told. */
import type { LinkMaker } from "@mxray/contracts";
import type { SignIn } from "@mxray/store";

/** @param asking the sign-in of whoever asks */
export function linkMaker(madeBy: SignIn | null, asking: SignIn | null): LinkMaker | null {
  if (madeBy === null) return null;
  return {
    here: madeBy.id === asking?.id,
    user: madeBy.user?.name ?? null,
    signedInAt: madeBy.at,
    address: madeBy.address,
    browser: madeBy.browser,
  };
}
