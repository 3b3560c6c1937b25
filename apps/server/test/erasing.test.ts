/** What a user deletes leaves the disk while the server runs. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@mxray/store";
import { expect, it, vi } from "vitest";
import { startTestServer } from "./test-server.ts";

it("a deleted probe, and the lines of a log that is followed no longer, are on no byte of the data directory", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mxray-erasing-"));
  const logs = await mkdtemp(join(tmpdir(), "mxray-erasing-log-"));
  const log = join(logs, "mail.log");
  const stamp = new Date(Date.now() - 60_000).toISOString();
  const line = `${stamp} mx postfix/smtp[1]: 3F2A1B4C5D: to=<a@b.example>, relay=b.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host b.example[192.0.2.9] said: 550 5.1.1 marker-of-line (in reply to RCPT TO command))`;
  await writeFile(log, `${line}\n`);
  const store = await openStore({ path: join(folder, "mxray.sqlite") });
  const holding = async (text: string) => {
    const found: string[] = [];
    for (const name of await readdir(folder)) if ((await readFile(join(folder, name))).includes(text)) found.push(name);
    return found;
  };
  {
    await using server = await startTestServer({ store, config: { logFolders: [logs] } });
    const { app, headers } = server;
    const { id } = await store.probes.create({
      target: "t.example",
      request: { target: "marker-of-request.example" },
      createdAt: stamp,
      previousId: null,
    });
    const { id: source } = (await app.inject({ method: "POST", url: "/api/v1/logs/sources", headers, payload: { location: log } })).json();
    await vi.waitFor(async () => expect(await holding("marker-of-line")).not.toEqual([]), {
      timeout: 20_000,
      interval: 100,
    });
    expect(await holding("marker-of-request")).not.toEqual([]);
    expect((await app.inject({ method: "DELETE", url: `/api/v1/probes/${id}`, headers })).statusCode).toBe(204);
    await vi.waitFor(async () => expect(await holding("marker-of-request")).toEqual([]), { timeout: 20_000, interval: 100 });
    expect((await app.inject({ method: "DELETE", url: `/api/v1/logs/sources/${source}`, headers })).statusCode).toBe(204);
    await vi.waitFor(async () => expect(await holding("marker-of-line")).toEqual([]), {
      timeout: 20_000,
      interval: 100,
    });
  }
  await store.close();
  for (const each of [folder, logs]) await rm(each, { recursive: true, force: true });
});
