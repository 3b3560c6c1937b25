/** One box for all that is kept, over the API. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogMessage, SearchResult } from "@mxray/contracts/schemas";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { stallingLog } from "./logs/test-log.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

const read = async ({ app, headers }: TestServer, url: string) => (await app.inject({ url, headers })).json();
const search = (server: TestServer, text: string) => read(server, `/api/v1/search?q=${encodeURIComponent(text)}`);

describe("search", () => {
  it("finds findings, peers, messages and probes, each by a part of its name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mxray-search-"));
    const log = join(folder, "mail.log");
    await writeFile(log, stallingLog(Date.now() - 900_000));
    await using host = await startMailHost(mailHostScript("pix-6"));
    await using server = await startTestServer({
      env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port), MXRAY_LOGS: log, MXRAY_LOG_PROBING: "off" },
    });
    const target = `127.0.0.1:${host.port}`;
    const ids = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const { id } = (
        await server.app.inject({ method: "POST", url: "/api/v1/probes", headers: server.headers, payload: { target } })
      ).json();
      ids.push(id);
      await ended(server, id);
    }
    await expect.poll(async () => (await search(server, "bad.example")).peers).not.toEqual([]);

    const byAddress = await search(server, " 127.0.0.1 ");
    expect(Compile(SearchResult).Errors(byAddress)).toEqual([]);
    expect(byAddress).toMatchObject({ findings: [{ code: "smtp-fixup" }], peers: [], messages: [] });
    expect(byAddress.probes.map((probe: { id: string }) => probe.id)).toEqual([ids[1]]);
    expect((await search(server, "MX.BAD.example")).peers).toEqual([{ name: "mx.bad.example", address: "198.51.100.9" }]);

    const [line] = (await read(server, "/api/v1/logs/events?peer=mx.bad.example")).events;
    const { queueId } = line.event;
    const { messages } = await search(server, queueId.toLowerCase());
    expect(messages).toMatchObject([{ queueId, lines: expect.any(Number) }]);
    const message = await read(server, `/api/v1/logs/messages/${queueId}`);
    expect(Compile(LogMessage).Errors(message)).toEqual([]);
    expect(message.events).toHaveLength(messages[0].lines);
    expect((await read(server, "/api/v1/logs/messages/NONE")).events).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  });

  it("takes any text, and none", async () => {
    await using server = await startTestServer();
    const nothing = { findings: [], peers: [], messages: [], probes: [] };
    for (const text of ["%", "_", "'; drop table finding;--", "<script>", "\u202e", "a\\b", "\u{10ffff}"]) {
      expect(await search(server, text), text).toEqual(nothing);
    }
    const status = async (query: string) =>
      (await server.app.inject({ url: `/api/v1/search${query}`, headers: server.headers })).statusCode;
    expect(await status("")).toBe(400);
    expect(await status("?q=%20")).toBe(400);
    expect(await status(`?q=${"a".repeat(201)}`)).toBe(400);
    expect((await server.app.inject({ url: "/api/v1/search?q=a" })).statusCode).toBe(401);
  });
});
