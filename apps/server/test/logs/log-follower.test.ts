/** A backlog is one until all of it is committed: whoever is told that the log is followed finds each line counted. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogClock, machineTimeZone } from "@mxray/maillog";
import { type LogStore, openStore, type Store, type StoredLogSource } from "@mxray/store";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeRealisticLog } from "../../../../packages/maillog/bench/realistic-log.ts";
import { LogFollower } from "../../src/logs/following/log-follower.ts";

const clock = new LogClock({ zone: machineTimeZone(), year: null, now: Date.now });
const onError = (error: unknown) => {
  throw error;
};

it("says that it follows a log when it has committed all there is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mxray-follower-"));
  const path = join(folder, "mail.log");
  const written = writeRealisticLog(path, 30_000);
  const store = await openStore({ path: ":memory:" });
  const source = await store.logs.addSource(path, "page", new Date().toISOString());
  if (source === null) throw new Error("The source is there already.");
  const states: string[] = [];
  const watched: LogStore = {
    ...store.logs,
    async commit(...given) {
      states.push(follower.state.state);
      return await store.logs.commit(...given);
    },
  };
  const follower = new LogFollower(source, { store: watched, clock, onCommit: () => undefined, onError });
  const controller = new AbortController();
  const ended = follower.run(controller.signal);
  await vi.waitFor(() => expect(follower.state.state).toBe("following"), { timeout: 20_000, interval: 1 });
  expect(follower.state).toMatchObject({ lines: written, recognised: written, lagBytes: 0 });
  expect(states.length).toBeGreaterThan(2);
  expect(new Set(states)).toEqual(new Set(["catching-up"]));
  controller.abort();
  await ended;
  await store.close();
  await rm(folder, { recursive: true });
});

describe("what it waited for", () => {
  let folder = "";
  let path = "";
  let store: Store;
  let source: StoredLogSource;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mxray-follower-"));
    path = join(folder, "mail.log");
    store = await openStore({ path: ":memory:" });
    source = (await store.logs.addSource(path, "page", new Date().toISOString())) as StoredLogSource;
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  /** A follower that has nothing to read yet, and then this. */
  async function waitsFor(text: string, position: unknown = null) {
    const follower = new LogFollower({ ...source, position }, { store: store.logs, clock, onCommit: () => undefined, onError });
    const controller = new AbortController();
    const ended = follower.run(controller.signal);
    await vi.waitFor(() => expect(follower.state).toMatchObject({ state: "waiting", notice: `${path} does not exist yet.` }), {
      timeout: 10_000,
    });
    await writeFile(path, text);
    await vi.waitFor(() => expect(follower.state).toMatchObject({ state: "following", lines: text === "" ? 0 : 1 }), { timeout: 5000 });
    controller.abort();
    await ended;
    return follower.state;
  }

  it("is no longer said when it has come, with lines or, as syslog makes a file, without", async () => {
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
