/** Orders to the thread that follows logs, when several come at once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@mxray/store";
import { expect, it } from "vitest";
import { ThreadedFollowerPool } from "../../src/logs/following/threaded-follower-pool.ts";

it("answers everybody who wants a log left", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mxray-thread-"));
  const path = join(folder, "mxray.sqlite");
  const store = await openStore({ path });
  const thread = new ThreadedFollowerPool(
    { place: { engine: "sqlite", path }, logFolders: [folder] },
    {
      onNews: () => undefined,
      onEnd: () => undefined,
      onError: (error) => {
        throw error;
      },
    },
  );
  const source = await store.logs.addSource(join(folder, "mail.log"), "page", new Date().toISOString());
  if (source === null) throw new Error("The source is there already.");
  thread.follow(source);
  await expect(Promise.all([thread.leave(source.id), thread.leave(source.id)])).resolves.toHaveLength(2);
  await thread.stop();
  await store.close();
  await rm(folder, { recursive: true });
});
