/** What was deleted is on no byte of the disk: neither in the database, nor in its write-ahead log, nor in any file beside them. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, type Store } from "../src/index.ts";
import { observation } from "./suite-data.ts";

const OLD = "2026-01-01T00:00:00.000Z";
const NOW = "2026-11-30T12:00:00.000Z";
const act = (action: "probe.deleted" | "session.begun" | "user.created" | "link.created" | "token.created" | "user.deleted", at = NOW) => ({
  at,
  actor: { kind: "owner" as const, id: null, name: null },
  address: "192.0.2.7",
  action,
});

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-erasing-"));
  store = await openStore({ path: join(folder, "mxray.sqlite") });
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** Files that hold the text. */
async function holding(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) if ((await readFile(join(folder, name))).includes(text)) found.push(name);
  return found.toSorted();
}

/** One that is longer than a page, which goes into pages of its own. */
async function probe(marker: string, createdAt = NOW, more = 20_000): Promise<string> {
  const { id } = await store.probes.create({ target: `${marker}.example`, request: { target: marker }, createdAt, previousId: null });
  const measured = { ...observation, note: `${marker} ${"x".repeat(more)} ${marker}-end` };
  await store.probes.finish(id, {
    status: "done",
    finishedAt: createdAt,
    observation: measured as never,
    findings: [],
    fixed: [],
    verdict: null,
    error: null,
  });
  return id;
}

describe("what was deleted", () => {
  it("of a probe is gone from the disk, and what is kept is not", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 60; index += 1) ids.push(await probe(`marker-${index}`, NOW, (index * 997) % 9000));
    expect(await holding("marker-31-end")).not.toEqual([]);
    for (const [index, id] of ids.entries()) if (index % 2 === 1) expect(await store.probes.delete(id)).toBe(true);
    expect(await holding("marker-31-end")).not.toEqual([]);
    expect(await store.erase()).toBe(true);
    for (let index = 0; index < 60; index += 1) {
      const where = await holding(`marker-${index}-end`);
      expect([index, where]).toEqual([index, index % 2 === 1 ? [] : ["mxray.sqlite"]]);
    }
    // The audit's own copy of the target is for its own time.
    expect(await holding("marker-31.example")).toEqual([]);
  });

  it("is gone when its time is over: probes, audit, links, tokens, sessions, sign-in links, recipients", async () => {
    const id = await probe("old-probe", OLD);
    const session = { sessionHash: "old-session-hash", createdAt: OLD, expiresAt: OLD, address: "198.51.100.77", browser: "OldBrowser" };
    await store.sessions.create(session, act("session.begun", OLD));
    await store.sessions.addSignInToken("old-sign-in-hash", OLD);
    await store.links.create(
      {
        opens: "wall",
        probeId: null,
        name: "old-wall-name",
        tokenHash: "old-link-hash",
        createdAt: OLD,
        expiresAt: OLD,
        note: "old-note-to-reader",
        includePrivate: false,
        signInId: null,
      },
      act("link.created", OLD),
    );
    const token = {
      name: "old-token-name",
      tokenHash: "old-token-hash",
      scopes: [] as const,
      createdAt: OLD,
      expiresAt: OLD,
      madeBy: null,
    };
    await store.tokens.create(token, act("token.created", OLD));
    const limits = { since: OLD, perRecipient: 3, overall: 20 };
    await store.deliveries.begin({ probeId: id, recipient: "old-recipient@example.com", at: OLD, messageIds: ["old-message-id"] }, limits);
    const markers = ["old-probe-end", "OldBrowser", "198.51.100.77", "old-session-hash", "old-sign-in-hash", "old-wall-name"];
    markers.push("old-link-hash", "old-note-to-reader", "old-token-name", "old-token-hash", "old-recipient@", "old-message-id");
    for (const marker of markers) expect([marker, await holding(marker)]).not.toEqual([marker, []]);
    const before = "2026-06-01T00:00:00.000Z";
    await store.probes.tidy(before, NOW);
    await store.audit.tidy(before);
    await store.tidy(NOW, before);
    expect(await store.erase()).toBe(true);
    for (const marker of markers) expect([marker, await holding(marker)]).toEqual([marker, []]);
  });

  it("waits for who reads it, without holding anybody up", async () => {
    const id = await probe("marker-read");
    const reader = new DatabaseSync(join(folder, "mxray.sqlite"));
    reader.exec("begin");
    reader.prepare("select count(*) from probe").all();
    await store.probes.delete(id);
    expect(await store.erase()).toBe(false);
    reader.exec("commit");
    reader.close();
    expect(await store.erase()).toBe(true);
    expect(await holding("marker-read-end")).toEqual([]);
  });
});
