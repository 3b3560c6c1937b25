/** What a tile says besides how long it has said so: when this changes, the tile flashes once. Pure. */
import type { WallTrouble } from "@mxray/contracts";

export function tileState({
  severity,
  acknowledged,
  kinds,
  members,
  memberCount,
}: Omit<WallTrouble, "key" | "name" | "since" | "stalled">): string {
  const kindWords = kinds.map(({ code, confidence }) => `${code} ${confidence}`);
  return JSON.stringify([severity, acknowledged, kindWords, members, memberCount]);
}
