/** What a wall link says after its `?`. Whatever is missing or makes no sense takes its default: a wall shows something. */
import { WALL_GROUPINGS, type WallGrouping } from "@mxray/contracts";
import type { Theme } from "../../ui/theme.ts";

export interface WallOptions {
  readonly group: WallGrouping;
  readonly theme: Theme;
  /** Whether what does not fit is shown page after page; otherwise only the first page is. */
  readonly rotate: boolean;
  /** Seconds that a page stays, 5 to 300. */
  readonly speed: number;
}

export const WALL_DEFAULTS: WallOptions = { group: "host", theme: "system", rotate: true, speed: 15 };
const SPEEDS = { least: 5, most: 300 };

export function readWallOptions(search: string): WallOptions {
  const query = new URLSearchParams(search);
  const theme = query.get("theme");
  const seconds = /^[0-9]{1,3}$/.test(query.get("speed") ?? "") ? Number(query.get("speed")) : WALL_DEFAULTS.speed;
  return {
    group: WALL_GROUPINGS.find((one) => one === query.get("group")) ?? WALL_DEFAULTS.group,
    theme: theme === "light" || theme === "dark" ? theme : WALL_DEFAULTS.theme,
    rotate: query.get("rotate") !== "off",
    speed: Math.min(SPEEDS.most, Math.max(SPEEDS.least, seconds)),
  };
}

/** `?group=kind&theme=dark`: only what differs from the defaults; empty where nothing does. */
export function formatWallOptions({ group, theme, rotate, speed }: WallOptions): string {
  const query = new URLSearchParams({
    ...(group === WALL_DEFAULTS.group ? {} : { group }),
    ...(theme === WALL_DEFAULTS.theme ? {} : { theme }),
    ...(rotate ? {} : { rotate: "off" }),
    ...(speed === WALL_DEFAULTS.speed ? {} : { speed: String(speed) }),
  });
  return query.size === 0 ? "" : `?${query}`;
}

/** Of `/wall/<token>`; null for `/wall`, which somebody signed in has opened. */
export function wallToken(pathname: string): string | null {
  return /^\/wall\/([\w-]{1,100})$/.exec(pathname)?.[1] ?? null;
}
