/** Links that open something without an account. */

export const LINK_OPENS = ["diagnosis", "wall", "stress"] as const;
export type LinkOpens = (typeof LINK_OPENS)[number];
