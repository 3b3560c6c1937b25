/** Who may import whom: planted violations are refused, their allowed neighbours are not. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

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
