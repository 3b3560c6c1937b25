/** docs/development.md names files and commands: each of them exists. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(root, "docs/development.md"), "utf8");
const found = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))];

test("every path exists", () => {
  const paths = found(/((?:apps|packages|scripts|docs)\/[\w./-]*\w)/g);
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("every folder of the shape exists", () => {
  const lines = (/```\n(apps\/[\s\S]*?)```/.exec(text)?.[1] ?? "").split("\n");
  const missing: string[] = [];
  let group = "";
  let part = "";
  for (const line of lines) {
    const named = /^(\w+)\/$/.exec(line)?.[1];
    group = named ?? group;
    if (named !== undefined) continue;
    part = /^ {2}(\w+)\//.exec(line)?.[1] ?? part;
    const rooms = line.replace(/^ {2}\w+\//, "").matchAll(/(?:^|[ (])([a-z-]+)\/(?=[ ),]|$)/g);
    for (const [, room = ""] of rooms) {
      const source = join(root, group, part, "src");
      if (![room, `logs/${room}`].some((path) => existsSync(join(source, path)))) missing.push(`${group}/${part}: ${room}`);
    }
  }
  expect(part).toBe("lab");
  expect(missing).toEqual([]);
});

test("every command is one of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
  const names = found(/npm run ([a-z0-9]+)/g);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});
