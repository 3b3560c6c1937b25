/** Who may import whom, between packages and between folders: planted violations are refused, their allowed neighbours are not. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importStructure } from "./import-structure.ts";
import { ROOM_ORDER } from "./room-order.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const FORBIDDEN = [
  ["packages/contracts/src", "@mxray/probe"],
  ["packages/contracts/src", "node:fs"],
  ["packages/probe/src", "@mxray/diagnosis"],
  ["packages/probe/src", "node:net"],
  ["packages/probe/src", "koffi"],
  ["packages/probe/src/node", "@mxray/store"],
  ["packages/diagnosis/src", "@mxray/probe"],
  ["packages/diagnosis/src", "node:net"],
  ["packages/maillog/src", "@mxray/diagnosis"],
  ["packages/store/src", "@mxray/diagnosis"],
  ["packages/lab/src", "@mxray/probe"],
  ["packages/lab/src", "koffi"],
  ["apps/server/src", "@mxray/lab"],
  ["apps/server/src", "node:sqlite"],
  ["apps/server/src", "node:net"],
  ["apps/cli/src", "fastify"],
  ["apps/web/src", "@mxray/diagnosis"],
  ["apps/web/src", "node:fs"],
] as const;

const ALLOWED = [
  ["packages/probe/src", "@mxray/contracts"],
  ["packages/probe/src/node", "node:net"],
  ["packages/store/src", "node:sqlite"],
  ["packages/lab/src", "node:net"],
  ["apps/server/src", "@mxray/store"],
  ["apps/cli/src", "@mxray/server"],
  ["apps/web/src", "@mxray/contracts"],
] as const;

test("the linter refuses what may not be imported, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mxray-imports-"));
  try {
    await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
    const plant = async (cases: typeof FORBIDDEN | typeof ALLOWED, word: string) => {
      const paths = [];
      for (const [index, [place, module]] of cases.entries()) {
        const path = join(place, `${word}-${index}.ts`);
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), `import { x } from "${module}";\n\nexport const y = x;\n`);
        paths.push(path);
      }
      return paths;
    };
    const forbidden = await plant(FORBIDDEN, "forbidden");
    await plant(ALLOWED, "allowed");
    const refused = (await lint(folder)).filter(({ category }) => category === "lint/style/noRestrictedImports").map(({ path }) => path);
    expect(refused.toSorted()).toEqual(forbidden.toSorted());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function lint(folder: string): Promise<{ category: string; path: string }[]> {
  const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=200", "--reporter=json", "."];
  const output = await new Promise<string>((resolve) => {
    execFile(join(root, "node_modules/.bin/biome"), args, { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: { category: string; location: { path: string | { file: string } } }[] };
  return diagnostics.map(({ category, location: { path } }) => ({ category, path: typeof path === "string" ? path : path.file }));
}

describe("inside a package", () => {
  test("every package has an order of rooms", async () => {
    const folders = await Promise.all(
      ["packages", "apps"].map(async (each) => (await readdir(join(root, each))).map((name) => `${each}/${name}`)),
    );
    expect(Object.keys(ROOM_ORDER).toSorted()).toEqual(folders.flat().toSorted());
  });

  test.each(Object.entries(ROOM_ORDER))("%s has no circle and no import that points upwards", (folder, rooms) => {
    const { files, circles, upward, homeless } = importStructure(join(root, folder, "src"), rooms);
    expect(files).toBeGreaterThan(1);
    expect({ circles, upward, homeless }).toEqual(CLEAN);
  });

  test("imports of the same and of lower rooms pass", async () => {
    const files = {
      "low/a.ts": 'import { c } from "./c.ts";\nexport const a = c;\n',
      "low/c.ts": "export const c = 1;\n",
      "low/inner/d.ts": 'import { a } from "../a.ts";\nexport const d = a;\n',
      "main.ts": 'import "node:fs";\nexport { d } from "./low/inner/d.ts";\n',
    };
    expect(await faultsOf(files)).toEqual(CLEAN);
  });

  test.each([
    'import { b } from "../high/b.ts";\nexport const a = b;',
    'import type { B } from "../high/b.ts";\nexport type A = B;',
    'import {\n  type B,\n} from "../high/b.ts";\nexport type A = B;',
    'export * from "../high/b.ts";',
    'export type { B } from "../high/b.ts";',
    'export const a = await import("../high/b.ts");',
    'export type A = import("../high/b.ts").B;',
  ])("refused from a lower room: %s", async (text) => {
    const target = { "high/b.ts": "export type B = 1;\nexport const b = 1;\n" };
    expect(await faultsOf({ ...target, "low/a.ts": text })).toEqual({ ...CLEAN, upward: [{ from: "low/a.ts", to: "high/b.ts" }] });
  });

  test("a folder may not import one inside it that comes later", async () => {
    const files = { "low/a.ts": 'export * from "./inner/d.ts";\n', "low/inner/d.ts": "export const d = 1;\n" };
    expect(await faultsOf(files)).toEqual({ ...CLEAN, upward: [{ from: "low/a.ts", to: "low/inner/d.ts" }] });
  });

  test("a circle inside a room is found, type imports included", async () => {
    const files = {
      "low/a.ts": 'import { c } from "./c.ts";\nexport type A = typeof c;\n',
      "low/c.ts": 'import { e } from "./e.ts";\nexport const c = e;\n',
      "low/e.ts": 'import type { A } from "./a.ts";\nexport const e = 1 as A;\n',
      "low/f.ts": 'import { e } from "./e.ts";\nexport const f = e;\n',
    };
    expect(await faultsOf(files)).toEqual({ ...CLEAN, circles: [["low/a.ts", "low/c.ts", "low/e.ts"]] });
  });

  test("every room of the order exists", () => {
    const rooms = Object.entries(ROOM_ORDER).flatMap(([part, names]) => names.map((name) => join(part, "src", name)));
    expect(rooms.length).toBeGreaterThan(50);
    expect(rooms.filter((room) => !existsSync(join(root, room)))).toEqual([]);
  });

  test("a file in a room that is not in the order is named", async () => {
    expect(await faultsOf({ "attic/x.ts": "export const x = 1;\n" })).toEqual({ ...CLEAN, homeless: ["attic/x.ts"] });
  });
});

const CLEAN = { circles: [], upward: [], homeless: [] };

/** @param files of a made-up package, by path */
async function faultsOf(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), "mxray-rooms-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { circles, upward, homeless } = importStructure(folder, ["low", "low/inner", "high", "main.ts"]);
    return { circles, upward, homeless };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
