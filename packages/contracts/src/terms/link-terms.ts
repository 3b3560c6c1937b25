/** Links that open something without an account. */

export const LINK_OPENS = ["diagnosis", "wall"] as const;
export type LinkOpens = (typeof LINK_OPENS)[number];
