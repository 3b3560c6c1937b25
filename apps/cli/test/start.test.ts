/** What a command loads before it begins, and from where: from the bundle, if that is made of the present sources. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../bin/mxray.js", import.meta.url));
/** Prints the address of each module that is loaded. */
const LISTING = `data:text/javascript,${encodeURIComponent(
  'import { registerHooks } from "node:module";' +
    "registerHooks({ load(url, context, next) { console.error(url); return next(url, context); } });",
)}`;

test.each([[["--version"]], [["probe", "--help"]], [["scan", "--help"]]])("mxray %j loads no library", (args) => {
  const command = `"${process.execPath}" --import '${LISTING}' "${LAUNCHER}" ${args.join(" ")} 2>&1 >/dev/null`;
  const loaded = execFileSync("/bin/sh", ["-c", command], { encoding: "utf8" }).split("\n");
  expect(loaded.some((url) => /\/apps\/cli\/(?:src\/main\.ts|dist\/main\.js)$/.test(url))).toBe(true);
  expect(loaded.filter((url) => url.includes("/node_modules/"))).toEqual([]);
});

describe("a launcher with a bundle", () => {
  let root = "";
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const main = (text: string) => `export async function run() { console.log("${text}"); return 0; }\n`;
  const started = () => {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(root, "cache") };
    return execFileSync(process.execPath, [join(root, "apps/cli/bin/mxray.js")], { encoding: "utf8", env }).trim();
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "mxray-start-"));
    write("package.json", '{ "type": "module" }');
    mkdirSync(join(root, "apps/cli/bin"), { recursive: true });
    cpSync(LAUNCHER, join(root, "apps/cli/bin/mxray.js"));
    write("apps/cli/src/main.ts", main("sources"));
    write("apps/cli/dist/main.js", main("bundle"));
    const { mtimeMs } = statSync(join(root, "apps/cli/src/main.ts"));
    write("apps/cli/dist/sources.json", JSON.stringify({ "apps/cli/src/main.ts": mtimeMs }));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test("runs it", () => expect(started()).toBe("bundle"));

  test.each([
    ["older", -60],
    ["newer", 60],
  ])("runs the sources where one is %s than the bundle knows", (_, seconds) => {
    const time = statSync(join(root, "apps/cli/src/main.ts")).mtimeMs / 1000 + seconds;
    utimesSync(join(root, "apps/cli/src/main.ts"), time, time);
    expect(started()).toBe("sources");
  });

  test.each(["", '{"apps/cli/src/other.ts": 1}'])("runs the sources where the list of them is %j", (list) => {
    write("apps/cli/dist/sources.json", list);
    expect(started()).toBe("sources");
  });

  test("runs where no compiled code can be kept", () => {
    write("cache", "a file");
    expect(started()).toBe("bundle");
  });
});
