import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogWorstPeers, PeerDetail, PeerList } from "@mxray/contracts/schemas";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { Compile } from "typebox/compile";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stallingLog } from "./logs/test-log.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-peers-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const get = async ({ app, headers }: TestServer, path: string) => (await app.inject({ url: `/api/v1${path}`, headers })).json();

describe("peers", () => {
  it("are those of logs and of probes, each with its mail, its trouble and its path", async () => {
    const log = join(folder, "mail.log");
    await appendFile(log, stallingLog(Date.now() - 900_000));
    await using host = await startMailHost(mailHostScript("pix-6"));
    const env = { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port), MXRAY_LOGS: log, MXRAY_LOG_FOLDERS: folder, MXRAY_LOG_PROBING: "off" };
    await using server = await startTestServer({ env });
    const target = `127.0.0.1:${host.port}`;
    const { id } = (
      await server.app.inject({ method: "POST", url: "/api/v1/probes", headers: server.headers, payload: { target } })
    ).json();
    await ended(server, id);
    await expect.poll(async () => (await get(server, "/peers")).peers.length).toBe(3);

    const list = await get(server, "/peers?sort=name");
    expect(Compile(PeerList).Errors(list)).toEqual([]);
    expect(list.peers).toMatchObject([
      { peer: "127.0.0.1", addresses: ["127.0.0.1"], trouble: { code: "smtp-fixup" }, probedAt: expect.any(String), loggedAt: null },
      { peer: "mx.bad.example", outbound: { delivered: 20, deferred: 20, stalled: 20 }, path: null, probedAt: null },
      { peer: "mx.good.example", outbound: { delivered: 40, deferred: 0, stalled: 0 }, inbound: { delivered: 0 } },
    ]);
    expect((await get(server, "/peers?trouble=none&text=GOOD")).peers).toMatchObject([{ peer: "mx.good.example", trouble: null }]);
    const page = await get(server, "/peers?sort=mail&limit=1");
    expect(page).toMatchObject({ peers: [{ peer: "mx.good.example" }], next: expect.any(String) });
    expect((await get(server, `/peers?sort=mail&limit=1&cursor=${encodeURIComponent(page.next)}`)).peers[0].peer).toBe("mx.bad.example");

    const detail = await get(server, "/peers/127.0.0.1");
    expect(Compile(PeerDetail).Errors(detail)).toEqual([]);
    expect(detail).toMatchObject({
      peer: "127.0.0.1",
      findings: [{ code: "smtp-fixup", state: "open" }],
      probes: [{ probeId: id, target, port: host.port, verdict: { code: "smtp-fixup" } }],
      transcripts: [{ probeId: id }],
    });
    expect(detail.transcripts[0].lines[0]).toMatchObject({ connection: 1 });
    expect(await get(server, "/peers/MX.Bad.Example")).toMatchObject({ peer: "mx.bad.example", addresses: ["198.51.100.9"], probes: [] });
    expect(await get(server, "/peers/198.51.100.9")).toMatchObject({ peer: "mx.bad.example" });
    expect(await get(server, "/peers/nobody.example")).toMatchObject({ error: { code: "not-found" } });

    const worst = await get(server, "/logs/worst-peers");
    expect(Compile(LogWorstPeers).Errors(worst)).toEqual([]);
    expect(worst.peers).toEqual([{ name: "mx.bad.example", address: "198.51.100.9", direction: "outbound", stalled: 20, attempts: 40 }]);

    const { flow } = await get(server, "/wall");
    expect(flow).toMatchObject({ bucketSeconds: 1800 });
    const sum = (key: string) => flow.buckets.reduce((total: number, bucket: Record<string, number>) => total + (bucket[key] ?? 0), 0);
    expect([flow.buckets.length, sum("delivered"), sum("deferred"), sum("stalled")]).toEqual([48, 60, 20, 20]);
  });

  it("are nobody's business without a session, and what makes no sense is refused", async () => {
    await using server = await startTestServer();
    expect((await server.app.inject({ url: "/api/v1/peers" })).statusCode).toBe(401);
    expect((await server.app.inject({ url: "/api/v1/peers/x" })).statusCode).toBe(401);
    expect(await get(server, "/peers?sort=beauty")).toMatchObject({ error: { code: "invalid-request" } });
    expect(await get(server, "/peers")).toEqual({ peers: [], next: null, counts: { some: 0, none: 0, bots: 0 } });
    expect((await get(server, "/wall")).flow).toBe(null);
    // A name as long as one can be.
    expect(await get(server, `/peers/${"a".repeat(255)}`)).toMatchObject({
      error: { code: "not-found", message: expect.stringContaining("peer") },
    });
  });
});
