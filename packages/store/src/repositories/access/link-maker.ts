/** The sign-in in which a link was made, joined to the link. */
import type { SignIn } from "../../interfaces/access-store.ts";

export const MAKER_COLUMNS = ["sign_in.at as maker_at", "sign_in.address as maker_address", "sign_in.browser as maker_browser"] as const;

export interface MakerColumns {
  sign_in_id: string | null;
  maker_at: string | null;
  maker_address: string | null;
  maker_browser: string | null;
}

export function makerOf({ sign_in_id, maker_at, maker_address, maker_browser }: MakerColumns): SignIn | null {
  return sign_in_id === null || maker_at === null ? null : { id: sign_in_id, at: maker_at, address: maker_address, browser: maker_browser };
}
