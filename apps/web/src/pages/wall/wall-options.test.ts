import { expect, test } from "vitest";
import { formatWallOptions, readWallOptions, WALL_DEFAULTS, wallToken } from "./wall-options.ts";

test("options are read from the address, and what makes no sense takes its default", () => {
  expect(readWallOptions("?group=kind&theme=dark&rotate=off&speed=30")).toEqual({ group: "kind", theme: "dark", rotate: false, speed: 30 });
  expect(readWallOptions("")).toEqual(WALL_DEFAULTS);
  expect(readWallOptions("?group=colour&theme=pink&rotate=maybe&speed=fast")).toEqual(WALL_DEFAULTS);
  expect([readWallOptions("?speed=1").speed, readWallOptions("?speed=999").speed]).toEqual([5, 300]);
});

test("options are written as they are read, the defaults not at all", () => {
  expect(formatWallOptions(WALL_DEFAULTS)).toBe("");
  for (const options of [
    { ...WALL_DEFAULTS, group: "domain" as const, speed: 60 },
    { ...WALL_DEFAULTS, theme: "light" as const, rotate: false },
  ]) {
    expect(readWallOptions(formatWallOptions(options))).toEqual(options);
  }
});

test("the token is the path's last part", () => {
  expect(wallToken("/wall/abc_-9")).toBe("abc_-9");
  for (const path of ["/wall", "/wall/", "/wall/a/b", "/d/abc"]) expect(wallToken(path)).toBeNull();
});
