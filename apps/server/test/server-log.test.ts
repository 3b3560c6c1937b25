/** The server's log on a full disk, and into a pipe that nobody reads. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const LOG = new URL("../src/server-log.ts", import.meta.url).href;
/** Writes 5,000 lines of 1,000 bytes, then reports for how long it was held up. */
const WRITER = `
  const { ServerLog } = await import(${JSON.stringify(LOG)});
  const log = new ServerLog();
  const began = performance.now();
  for (let line = 0; line < 5000; line += 1) log.write("x".repeat(999) + "\\n");
  console.error(performance.now() - began < 5000 ? "in time" : "held up");
  process.exit(0);
`;

it.skipIf(!existsSync("/dev/full"))("loses its lines on a full disk, and holds up nobody", async () => {
  const full = openSync("/dev/full", "w");
  expect(await written(full)).toBe("in time\n");
  closeSync(full);
});

it("loses lines that nobody reads", async () => {
  const dir = mkdtempSync(join(tmpdir(), "mxray-log-"));
  const pipe = join(dir, "pipe");
  execFileSync("mkfifo", [pipe]);
  const both = openSync(pipe, "r+");
  expect(await written(both)).toBe("in time\n");
  closeSync(both);
  rmSync(dir, { recursive: true });
});

it("writes to a file as it comes", async () => {
  const dir = mkdtempSync(join(tmpdir(), "mxray-log-"));
  const file = openSync(join(dir, "log"), "w");
  await written(file);
  closeSync(file);
  expect(readFileSync(join(dir, "log"), "utf8")).toBe(`${"x".repeat(999)}\n`.repeat(5000));
  rmSync(dir, { recursive: true });
});

async function written(stdout: number): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", WRITER], { stdio: ["ignore", stdout, "pipe"], timeout: 60_000 });
  let text = "";
  child.stderr?.on("data", (data) => (text += data));
  await once(child, "close");
  return text;
}
