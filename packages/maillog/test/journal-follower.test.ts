/** A program that stands for journalctl: it takes the same options, and prints entries after a cursor. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { PassThrough } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { JournalPosition } from "../src/follow/follow-step.ts";
import { JournalFollower } from "../src/follow/journal-follower.ts";
import { nodeFollowClock } from "../src/follow/node-log-files.ts";
import { StreamFollower } from "../src/follow/stream-follower.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-journal-"));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Five entries; after printing them it waits, as -f does, or ends with words. */
async function installJournalctl(end: string): Promise<void> {
  const program = join(folder, "journalctl");
  await writeFile(
    program,
    `#!/bin/sh
after=0
for option in "$@"; do case "$option" in --after-cursor=c*) after="\${option#--after-cursor=c}";; esac; done
case " $* " in *" --output=json --follow "*) ;; *) echo "bad options: $*" >&2; exit 1;; esac
for number in 1 2 3 4 5; do
  if [ "$number" -gt "$after" ]; then printf '{"__CURSOR":"c%s","MESSAGE":"entry %s"}\\n' "$number" "$number"; fi
done
${end}
`,
  );
  await chmod(program, 0o755);
}

async function entriesFrom(position: JournalPosition | null, count: number) {
  const follower = new JournalFollower({ unit: null, position, sinceMs: 0, clock: nodeFollowClock });
  const told: string[] = [];
  let last: JournalPosition | null = null;
  const waits: string[] = [];
  for await (const step of follower.steps(AbortSignal.timeout(10_000))) {
    if (step.kind === "waits") waits.push(step.reason);
    if (step.kind === "bytes") {
      told.push(...[...step.bytes.toString().matchAll(/"MESSAGE":"([^"]+)"/g)].map((match) => match[1] ?? ""));
      if (step.position?.kind === "journal") last = step.position;
    }
    if (told.length >= count || waits.length > 0) break;
  }
  return { told, last, waits };
}

it("goes on behind the cursor of the last entry", async () => {
  await installJournalctl("exec sleep 60");
  const first = await entriesFrom(null, 5);
  expect(first).toMatchObject({ told: ["entry 1", "entry 2", "entry 3", "entry 4", "entry 5"], last: { cursor: "c5" } });
  expect(await entriesFrom({ kind: "journal", cursor: "c3" }, 2)).toMatchObject({ told: ["entry 4", "entry 5"], last: { cursor: "c5" } });
});

it("says why journalctl ended", async () => {
  await installJournalctl("echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1");
  expect((await entriesFrom({ kind: "journal", cursor: "c5" }, 1)).waits).toEqual([
    "journalctl ended: No journal files were opened due to insufficient permissions.",
  ]);
});

it("follows a stream to its end, and is idle while nothing comes", async () => {
  const stream = new PassThrough();
  const kinds: string[] = [];
  let text = "";
  setTimeout(() => stream.write("one\n"), 10);
  setTimeout(() => stream.end("two"), 400);
  for await (const step of new StreamFollower(stream, nodeFollowClock).steps(AbortSignal.timeout(5000))) {
    kinds.push(step.kind);
    if (step.kind === "bytes") text += step.bytes;
  }
  expect(text).toBe("one\ntwo");
  expect(kinds).toEqual(["begin", "bytes", "idle", "bytes", "end", "idle"]);
});

it("holds nothing of what went by, however often it was quiet in between", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const stream = new PassThrough();
  const chunks: WeakRef<Buffer>[] = [];
  const controller = new AbortController();
  for await (const step of new StreamFollower(stream, { sleep: (_ms, signal) => nodeFollowClock.sleep(1, signal) }).steps(
    controller.signal,
  )) {
    if (step.kind === "bytes") chunks.push(new WeakRef(step.bytes));
    if (chunks.length === 20) break;
    if (step.kind === "idle") setTimeout(() => stream.write(Buffer.alloc(1000)), 1);
  }
  await vi.waitFor(() => {
    collect();
    // The last one is still in the loop's hands.
    expect(chunks.filter((chunk) => chunk.deref() !== undefined).length).toBeLessThan(3);
  });
  controller.abort();
});
