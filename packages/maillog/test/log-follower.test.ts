/** A log followed into a sink that is no store: what an agent does. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogBatch } from "@mxray/contracts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeRealisticLog } from "../bench/realistic-log.ts";
import {
  type FollowedLog,
  type FollowSink,
  type FollowState,
  LogClock,
  LogFollower,
  type LogPosition,
  machineTimeZone,
} from "../src/index.ts";

const clock = new LogClock({ zone: machineTimeZone(), year: null, now: Date.now });

/** Keeps what it is given. */
class MemorySink implements FollowSink {
  readonly batches: LogBatch[] = [];
  readonly states: FollowState[] = [];
  position: LogPosition | null = null;

  async commit(batch: LogBatch, position: LogPosition | null): Promise<boolean> {
    this.batches.push(batch);
    this.position = position;
    return true;
  }

  state(state: FollowState): void {
    this.states.push(state);
  }

  get last(): FollowState | undefined {
    return this.states.at(-1);
  }

  get lines(): number {
    return this.batches.reduce((sum, { lines }) => sum + lines, 0);
  }
}

let folder = "";
let path = "";
let running: { controller: AbortController; ended: Promise<void> } | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-follower-"));
  path = join(folder, "mail.log");
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

function follow(
  sink: FollowSink,
  from: Partial<FollowedLog> = {},
  onError = (error: unknown): void => expect.unreachable(String(error)),
): void {
  const log: FollowedLog = {
    location: path,
    createdAt: new Date().toISOString(),
    position: null,
    memories: [],
    folders: null,
    lines: 0,
    recognised: 0,
    lastLineAt: null,
    ...from,
  };
  const controller = new AbortController();
  running = { controller, ended: new LogFollower(log, { sink, clock, onError }).run(controller.signal) };
}

async function stop(): Promise<void> {
  running?.controller.abort();
  await running?.ended;
  running = null;
}

const reports = (sink: MemorySink, state: Partial<FollowState>) =>
  vi.waitFor(() => expect(sink.last).toMatchObject(state), { timeout: 60_000, interval: 1 });

it("says that it follows a log when all of it is committed", async () => {
  const written = writeRealisticLog(path, 30_000);
  const sink = new MemorySink();
  const atCommit: (string | undefined)[] = [];
  follow({
    async commit(...given) {
      atCommit.push(sink.last?.state);
      return await sink.commit(...given);
    },
    state: (state) => sink.state(state),
  });
  await reports(sink, { state: "following", lines: written, recognised: written, lagBytes: 0 });
  expect(sink.lines).toBe(written);
  expect(atCommit.length).toBeGreaterThan(2);
  expect(new Set(atCommit)).toEqual(new Set(["catching-up"]));
});

it("goes on from the position of the last commit, and reports only changes", async () => {
  await writeFile(path, "one\ntwo\n");
  const first = new MemorySink();
  follow(first);
  await reports(first, { state: "following", lines: 2 });
  await stop();
  await writeFile(path, "three\n", { flag: "a" });
  const second = new MemorySink();
  follow(second, { position: JSON.parse(JSON.stringify(first.position)), lines: 2 });
  await reports(second, { state: "following", lines: 3 });
  expect(second.lines).toBe(1);
  const texts = second.states.map((state) => JSON.stringify(state));
  expect(texts.filter((text, index) => text === texts[index - 1])).toEqual([]);
});

it("offers a batch again that the sink could not take, and ends when the sink wants no more", async () => {
  await writeFile(path, "a line\n");
  const sink = new MemorySink();
  const errors: unknown[] = [];
  let [tries, wanted] = [0, true];
  follow(
    {
      async commit(...given) {
        tries += 1;
        if (tries === 1) throw new Error("503");
        return wanted && (await sink.commit(...given));
      },
      state: (state) => sink.state(state),
    },
    {},
    (error) => errors.push(error),
  );
  await reports(sink, { state: "failed", lines: 0, notice: expect.stringContaining("tried again") });
  await reports(sink, { state: "following", lines: 1 });
  expect(errors).toHaveLength(1);
  wanted = false;
  await writeFile(path, "another\n", { flag: "a" });
  await running?.ended;
  expect(sink.last).toMatchObject({ state: "failed", lines: 1, notice: expect.stringContaining("Another server") });
});

it("follows no link out of the folders for logs, and prints no control character of a name", async () => {
  const [logs, outside] = [join(folder, "log"), join(folder, "outside")];
  await mkdir(logs);
  await mkdir(outside);
  await writeFile(join(outside, "secret"), "a line\n");
  await writeFile(join(logs, "real.log"), "a line\n");
  await symlink(join(outside, "secret"), join(logs, "file.log"));
  await symlink(outside, join(logs, "sub"));
  await symlink(join(logs, "real.log"), join(logs, "inside.log"));
  const followed = async (location: string, state: Partial<FollowState>) => {
    const sink = new MemorySink();
    follow(sink, { location, folders: [logs] });
    await reports(sink, state);
    await stop();
    return sink;
  };
  for (const name of ["file.log", "sub/secret"]) {
    const sink = await followed(join(logs, name), { state: "waiting", notice: expect.stringContaining("leads out of the folders") });
    expect(sink.lines).toBe(0);
  }
  await followed(join(logs, "inside.log"), { state: "following", lines: 1 });
  await followed(join(logs, "\u001b[31mred.log"), { state: "waiting", notice: expect.stringContaining("\\x1b[31mred.log") });
});

describe("what it waited for", () => {
  /** A follower that has nothing to read yet, and then this. */
  async function waitsFor(text: string, position: unknown = null): Promise<FollowState | undefined> {
    const sink = new MemorySink();
    follow(sink, { position });
    await reports(sink, { state: "waiting", notice: `${path} does not exist yet.` });
    await writeFile(path, text);
    await reports(sink, { state: "following", lines: text === "" ? 0 : 1 });
    await stop();
    return sink.last;
  }

  it("is no longer reported when it is there, with lines or, as syslog makes a file, without", async () => {
    expect(await waitsFor("")).toMatchObject({ notice: null });
    await rm(path);
    expect(await waitsFor("a line\n")).toMatchObject({ notice: null });
  });

  it("gives way to what is missing of it", async () => {
    const mark = { identity: "1:1", head: { length: 1, sha256: "" }, offset: 1 };
    expect(await waitsFor("a line\n", { follow: { kind: "file", readUntilMs: Date.now(), mark }, line: 1 })).toMatchObject({
      notice: expect.stringContaining("is gone"),
    });
  });
});
