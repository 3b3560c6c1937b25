/** The wall screen. */

/** What one tile of the wall screen stands for: a mail host, the domain that was probed, or a kind of trouble. */
export const WALL_GROUPINGS = ["host", "domain", "kind"] as const;
export type WallGrouping = (typeof WALL_GROUPINGS)[number];

export const WALL_CHANGES = ["opened", "fixed"] as const;
export type WallChangeKind = (typeof WALL_CHANGES)[number];
