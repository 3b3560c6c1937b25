import { appendFile, copyFile, mkdir, mkdtemp, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileFollower } from "../src/follow/file-follower.ts";
import type { FilePosition } from "../src/follow/follow-step.ts";
import { nodeFollowClock, nodeLogFiles } from "../src/follow/node-log-files.ts";
import { ScriptedLogFiles } from "./scripted-log-files.ts";

const FRESH: FilePosition = { kind: "file", readUntilMs: 0, mark: null };

/** A reader that keeps lines and position as a transaction would: what came after the last commit is lost with it. */
class Reader {
  readonly lines: string[] = [];
  readonly gaps: string[] = [];
  position = FRESH;
  waits: string | null = null;
  #uncommitted: string[] = [];
  #held = "";

  async read(follower: FileFollower, signal: AbortSignal, until: () => boolean, commits: () => boolean = () => true): Promise<void> {
    this.#held = "";
    this.#uncommitted = [];
    for await (const step of follower.steps(signal)) {
      if (step.kind === "begin") this.#held = "";
      if (step.kind === "bytes") this.#push(step.bytes.toString());
      if (step.kind === "end" && this.#held !== "") this.#push("\n");
      if (step.kind === "gap") this.gaps.push(step.reason);
      if (step.kind === "waits") this.waits = step.reason;
      if ((step.kind === "bytes" || step.kind === "end") && step.position?.kind === "file" && commits()) this.#commit(step.position);
      if (until()) return;
    }
  }

  #push(text: string): void {
    const lines = `${this.#held}${text}`.split("\n");
    this.#held = lines.pop() ?? "";
    this.#uncommitted.push(...lines);
  }

  #commit(position: FilePosition): void {
    this.lines.push(...this.#uncommitted);
    this.#uncommitted = [];
    this.position = JSON.parse(JSON.stringify(position)) as FilePosition;
  }
}

/** `three` and a line end, by `xz`. */
const THREE_XZ = Buffer.from("/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAFdGhyZWUKAAAALOfhsoKxk2UAAR4GwS+kHR+2830BAAAAAARZWg==", "base64");

describe("with scripted files", () => {
  it("tells each line once through random rotations, compressions and restarts", async () => {
    for (let seed = 1; seed <= 300; seed += 1) await runScenario(seed);
  }, 60_000);

  it("waits where the file system fails for a moment, and goes on without losing or repeating a line", async () => {
    const files = new ScriptedLogFiles();
    const reader = new Reader();
    files.append("/log/mail.log", "one\ntw");
    const follower = new FileFollower({ path: "/log/mail.log", position: FRESH, files, clock: files });
    let calls = 0;
    files.onCall = () => {
      if (reader.lines.length === 0) return;
      calls += 1;
      if (calls === 1) throw Object.assign(new Error("stale file handle"), { code: "ESTALE", errno: -116 });
      if (calls === 2) files.append("/log/mail.log", "o\nthree\n");
    };
    await reader.read(follower, AbortSignal.timeout(10_000), () => reader.lines.length === 3);
    expect(reader.lines).toEqual(["one", "two", "three"]);
    expect(reader.waits).toBe("/log/mail.log cannot be read: stale file handle.");
  });
});

/** Writes 60 lines in pieces, rotates in both ways at any moment of the follower's work, kills it at any moment. */
async function runScenario(seed: number): Promise<void> {
  const random = mulberry32(seed);
  const files = new ScriptedLogFiles();
  const world = new World(files, random, seed);
  const reader = new Reader();
  for (let life = 0; life < 60; life += 1) {
    let calls = world.done ? 500 : 3 + Math.floor(random() * 60);
    const controller = new AbortController();
    const killed = new Promise<void>((resolve) => {
      files.onCall = () => {
        if (random() < 0.5) world.step();
        calls -= 1;
        if (calls === 0) resolve();
      };
    });
    const follower = new FileFollower({ path: "/log/mail.log", position: reader.position, files, clock: files });
    let dead = false;
    const reading = reader.read(
      follower,
      controller.signal,
      () => dead || (world.done && reader.lines.length >= world.written),
      () => !dead && random() < 0.7,
    );
    await Promise.race([reading, killed]);
    dead = true;
    files.onCall = () => undefined;
    controller.abort();
    await reading;
    // Some go on rotating while nobody reads.
    for (let steps = Math.floor(random() * 12); steps > 0; steps -= 1) world.step();
    if (world.done && reader.lines.length >= world.written) break;
  }
  const wanted = Array.from({ length: world.written }, (_, index) => `line ${index} of ${seed}`);
  expect({ seed, lines: reader.lines, gaps: reader.gaps }).toEqual({ seed, lines: wanted, gaps: [] });
}

/** The log's writer and logrotate: each works on when `step` is called, and one waits for the other where it does in life. */
class World {
  written = 0;
  done = false;
  readonly #files: ScriptedLogFiles;
  readonly #random: () => number;
  readonly #log = "/log/mail.log";
  #writes = this.#log;
  #pending = "";
  #plan: (() => void)[] = [];
  #rotations = 0;
  readonly #seed: number;

  constructor(files: ScriptedLogFiles, random: () => number, seed: number) {
    this.#files = files;
    this.#random = random;
    this.#seed = seed;
  }

  step(): void {
    const next = this.#plan.shift();
    if (next !== undefined) next();
    else if (this.#rotations < 8 && this.#random() < 0.12 && this.written > 0 && this.#pending === "") this.#plan = this.#rotation();
    else this.#write();
  }

  #write(): void {
    if (this.#pending === "") {
      if (this.written >= 60) {
        this.done = true;
        return;
      }
      this.#pending = `line ${this.written} of ${this.#seed}\n`;
      this.written += 1;
    }
    const length = this.#random() < 0.3 ? Math.ceil(this.#random() * this.#pending.length) : this.#pending.length;
    this.#files.append(this.#writes, this.#pending.slice(0, length));
    this.#pending = this.#pending.slice(length);
  }

  #rotation(): (() => void)[] {
    this.#rotations += 1;
    const files = this.#files;
    const one = `${this.#log}.1`;
    const shift: (() => void)[] = [];
    for (let number = 8; number >= 1; number -= 1) {
      for (const zip of ["", ".gz"]) {
        const from = `${this.#log}.${number}${zip}`;
        if (files.has(from)) shift.push(() => files.rename(from, `${this.#log}.${number + 1}${zip}`));
      }
    }
    const zip = this.#random() < 0.5 ? [() => files.beginZip(one), () => files.endZip(one)] : [];
    if (this.#random() < 0.5) return [...shift, () => files.copy(this.#log, one), () => files.truncate(this.#log), ...zip];
    const late = Array.from({ length: Math.floor(this.#random() * 3) }, () => () => this.#write());
    const renamed = [
      () => {
        files.rename(this.#log, one);
        this.#writes = one;
      },
      ...late,
      () => files.create(this.#log),
      ...late,
      () => {
        // A writer ends its line before it goes on in another file.
        while (this.#pending !== "") this.#write();
        this.#writes = this.#log;
      },
    ];
    return [...shift, ...renamed, ...zip];
  }
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("with real files", () => {
  let folder = "";
  let log = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mxray-follow-"));
    log = join(folder, "mail.log");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const follow = (position: FilePosition = FRESH) => new FileFollower({ path: log, position, files: nodeLogFiles, clock: nodeFollowClock });
  /** Reads until so many lines were told. */
  const readLines = async (reader: Reader, count: number) =>
    await reader.read(follow(reader.position), AbortSignal.timeout(10_000), () => reader.lines.length >= count);

  it("waits for a file that is not there yet, and reads it when it comes", async () => {
    const reader = new Reader();
    const reading = readLines(reader, 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await writeFile(log, "one\ntwo\nthree without its end");
    await reading;
    expect(reader.lines).toEqual(["one", "two"]);
    expect(reader.waits).toBe(`${log} does not exist yet.`);
  });

  it("goes on behind the last whole line after a restart", async () => {
    const reader = new Reader();
    await writeFile(log, "one\ntwo\nthr");
    await readLines(reader, 2);
    await appendFile(log, "ee\nfour\n");
    await readLines(reader, 4);
    expect(reader.lines).toEqual(["one", "two", "three", "four"]);
  });

  it("follows rename and create while it reads, the last line without its end included", async () => {
    const reader = new Reader();
    await writeFile(log, "one\n");
    const reading = readLines(reader, 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await rename(log, `${log}.1`);
    await appendFile(`${log}.1`, "two\nthree");
    await writeFile(log, "");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await appendFile(log, "four\n");
    await reading;
    expect(reader.lines).toEqual(["one", "two", "three", "four"]);
  });

  it("sees a truncated file that has grown beyond the old place again, and reads the rest from its copy", async () => {
    const reader = new Reader();
    await writeFile(log, "one\n");
    await readLines(reader, 1);
    await appendFile(log, "two\n");
    await copyFile(log, `${log}.1`);
    await truncate(log);
    await appendFile(log, "a third line that is longer than all there was\n");
    await readLines(reader, 3);
    expect(reader.lines).toEqual(["one", "two", "a third line that is longer than all there was"]);
    expect(reader.gaps).toEqual([]);
  });

  it("says that lines may be missing where a file was truncated without a copy", async () => {
    const reader = new Reader();
    await writeFile(log, "one\n");
    const reading = readLines(reader, 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await truncate(log);
    await appendFile(log, "another\n");
    await reading;
    expect(reader.lines).toEqual(["one", "another"]);
    expect(reader.gaps).toHaveLength(1);
  });

  it("catches up with several rotated files, compressed ones too", async () => {
    const reader = new Reader();
    await writeFile(log, "one\n");
    await readLines(reader, 1);
    const zip = promisify(gzip);
    const past = Date.now() / 1000;
    await writeFile(`${log}.3.gz`, await zip("one\ntwo\n"));
    await writeFile(`${log}.2.xz`, THREE_XZ);
    await writeFile(`${log}.4.lz4`, "not to be read");
    await writeFile(`${log}.1`, "four\n");
    await writeFile(log, "five\n");
    for (const [index, name] of [".3.gz", ".2.xz", ".1", ""].entries()) await utimes(`${log}${name}`, past + index, past + index);
    await readLines(reader, 5);
    expect(reader.lines).toEqual(["one", "two", "three", "four", "five"]);
    expect(reader.gaps).toEqual([
      "mail.log.4.lz4 cannot be read, compressed as it is: its lines are missing. Have logrotate use gzip, zstd, xz or bzip2.",
    ]);
  });

  it("follows dated names, and takes no other file for a rotated one", async () => {
    const reader = new Reader();
    await writeFile(log, "one\n");
    await readLines(reader, 1);
    await rename(log, `${log}-20260301`);
    await appendFile(`${log}-20260301`, "two\n");
    await writeFile(`${log}.bak`, "not this\n");
    await writeFile(join(folder, "mail.logger"), "nor this\n");
    await writeFile(log, "three\n");
    await readLines(reader, 3);
    expect(reader.lines).toEqual(["one", "two", "three"]);
  });

  it("goes on with a file that replaced the other, and says that something may be missing", async () => {
    const reader = new Reader();
    await writeFile(log, "one\n");
    await readLines(reader, 1);
    await rm(log);
    await writeFile(log, "of another life\n");
    await readLines(reader, 2);
    expect(reader.lines).toEqual(["one", "of another life"]);
    expect(reader.gaps).toHaveLength(1);
  });

  it("says why it waits: a directory, a damaged gzip file", async () => {
    const reader = new Reader();
    await mkdir(log);
    await reader.read(follow(), AbortSignal.timeout(5000), () => reader.waits !== null);
    expect(reader.waits).toBe(`${log} is no regular file.`);
    await rm(log, { recursive: true });
    await writeFile(log, "one\n");
    await readLines(reader, 1);
    const zipped = await promisify(gzip)("one\ntwo\nthree\n".repeat(50));
    await writeFile(`${log}.1.gz`, zipped.subarray(0, zipped.length - 4));
    await writeFile(log, "last\n");
    await reader.read(follow(reader.position), AbortSignal.timeout(5000), () => reader.lines.at(-1) === "last");
    expect(reader.gaps[0]).toContain("could not be read to its end");
  });

  it("reads lines of a megabyte and bytes of any kind in bounded pieces", async () => {
    const reader = new Reader();
    await writeFile(log, `${"x".repeat(1_000_000)}\n\0\xff\xfe\nend\n`);
    await readLines(reader, 3);
    expect(reader.lines.map((line) => line.length)).toEqual([1_000_000, 3, 3]);
  });
});
