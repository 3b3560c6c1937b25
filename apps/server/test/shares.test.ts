import type { Finding, ProbeReport } from "@mxray/contracts";
import { SharedDiagnosis } from "@mxray/contracts/schemas";
import { mailHostScripts, startMailHost } from "@mxray/lab";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { redactReport, redactSource } from "../src/sharing/redact.ts";
import { drawShareCard } from "../src/sharing/share-card.ts";
import { fillSharePage } from "../src/sharing/share-page.ts";
import { signInAs } from "./people.ts";
import { ended, LOOPBACK, startTestServer, type TestServer } from "./test-server.ts";

/** A server with the finished probe of a host whose greeting is full of markup. */
async function withProbe(): Promise<TestServer & { probeId: string; report: ProbeReport }> {
  const script = mailHostScripts.find(({ name }) => name === "markup");
  if (script === undefined) throw new Error("The lab lost its host 'markup'.");
  await using host = await startMailHost(script);
  const server = await startTestServer({ env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port), MXRAY_HELO: "probe.corp.example" } });
  const asked = await server.app.inject({
    method: "POST",
    url: "/api/v1/probes",
    headers: server.headers,
    payload: { target: `127.0.0.1:${host.port}`, recipient: "someone.private@example.com" },
  });
  const { id, report } = await ended(server, asked.json().id);
  return { ...server, probeId: id, report };
}

const share = async ({ app, headers, probeId }: TestServer & { probeId: string }, body: object = {}) =>
  (await app.inject({ method: "POST", url: "/api/v1/links/diagnosis", headers, payload: { probeId, ...body } })).json();

describe("the preview of a share", () => {
  it.each([
    { includePrivate: false, note: "Please look, <b>Ann</b>" },
    { includePrivate: true, note: "" },
  ])("is the page that its reader gets, byte for byte but for the link and the moment: %o", async (draft) => {
    await using server = await withProbe();
    const { app, headers, probeId } = server;
    const query = new URLSearchParams({ probeId, expiresInDays: "7", includePrivate: String(draft.includePrivate), note: draft.note });
    const url = `/d/preview?${query}`;
    const preview = await app.inject({ url, headers });
    expect(preview.statusCode).toBe(200);
    const { token, createdAt, expiresAt } = await share(server, { ...draft, expiresInDays: 7 });
    const page = await app.inject({ url: `/d/${token}` });
    const [, at = "", until = ""] = /"createdAt":"([^"]+)","expiresAt":"([^"]+)"/.exec(preview.body) ?? [];
    expect(Date.parse(until) - Date.parse(at)).toBe(Date.parse(expiresAt) - Date.parse(createdAt));
    const fromReader = page.body.replaceAll(token, "preview").replaceAll(createdAt, at).replaceAll(expiresAt, until);
    expect(preview.body).toBe(fromReader);
    expect(preview.body.includes("someone.private@")).toBe(draft.includePrivate);
    for (const name of ["cache-control", "x-robots-tag", "referrer-policy", "content-security-policy"])
      expect(preview.headers[name]).toBe(page.headers[name]);
    // It makes no link, and is for who may make one.
    expect(await server.store.links.list()).toHaveLength(1);
    expect((await app.inject({ url })).statusCode).toBe(401);
    const { headers: viewer } = await signInAs(server, "viewer");
    expect((await app.inject({ url, headers: viewer })).statusCode).toBe(403);
    expect((await app.inject({ url: "/d/preview?probeId=none", headers })).statusCode).toBe(404);
  });
});

describe("a share", () => {
  it("opens its diagnosis for anybody, as page, file, Markdown and JSON, and nothing else", async () => {
    await using server = await withProbe();
    const { token, url, loopback, id } = await share(server, { note: "See below, </script><b>please" });
    expect(token).toMatch(/^[\w-]{27}$/);
    expect(url).toBe(`http://localhost:8425/d/${token}`);
    expect(loopback).toBe(true);

    const page = await server.app.inject({ url: `/d/${token}` });
    expect(page.statusCode).toBe(200);
    expect(page.headers).toMatchObject({
      "x-robots-tag": "noindex, nofollow",
      "referrer-policy": "no-referrer",
      "cache-control": "private, no-store",
    });
    const [, data = ""] = /<script type="application\/json" id="diagnosis">(.*?)<\/script>/s.exec(page.body) ?? [];
    expect(Compile(SharedDiagnosis).Errors(JSON.parse(data))).toEqual([]);
    expect(JSON.parse(data)).toMatchObject({ note: "See below, </script><b>please", redacted: true });
    // Nothing that the host or the note said is markup here; the card's tags hold sentences of ours.
    expect(page.body.match(/<script/g)).toHaveLength(1);
    expect(page.body).not.toContain("<b>");

    const file = await server.app.inject({ url: `/d/${token}.html` });
    expect(file.headers["content-disposition"]).toMatch(/^attachment; filename="mxray-127\.0\.0\.1-\d+-[\d-]+\.html"$/);
    expect(file.body).toContain("<title>file</title>");
    const json = await server.app.inject({ url: `/d/${token}.json` });
    expect(json.json()).toEqual(JSON.parse(data));
    const markdown = await server.app.inject({ url: `/d/${token}.md` });
    expect(markdown.headers["content-type"]).toBe("text/markdown; charset=utf-8");
    expect(markdown.body).toMatch(/^# /);
    expect(markdown.body).not.toMatch(/(?<!\\)<\/?(?:script|b|img)/);

    for (const path of ["/api/v1/probes", `/api/v1/probes/${server.probeId}`, "/api/v1/links"]) {
      expect((await server.app.inject({ url: `${path}?token=${token}`, headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(
        401,
      );
    }
    expect((await server.app.inject({ url: "/api/v1/links", headers: server.headers })).json()).toMatchObject({
      links: [{ id, opened: 4 }],
    });
    expect(JSON.stringify((await server.app.inject({ url: "/api/v1/links", headers: server.headers })).json())).not.toContain(token);
  });

  it("shows itself in a chat: title, sentence and a picture, in which nothing foreign is markup", async () => {
    await using server = await withProbe();
    const { token, id } = await share(server);
    const { body } = await server.app.inject({ url: `/d/${token}` });
    const tag = (name: string) => new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)" />`).exec(body)?.[1];
    const [worst] = server.report.findings;
    expect(tag("og:title")).toBe(worst?.title.replaceAll("'", "&#39;"));
    expect(tag("og:url")).toBe(`http://localhost:8425/d/${token}`);
    expect(tag("og:image")).toBe(`http://localhost:8425/d/${token}/card.png`);
    expect(tag("twitter:card")).toBe("summary_large_image");
    const card = await server.app.inject({ url: `/d/${token}/card.png` });
    expect(card.statusCode).toBe(200);
    expect(card.headers).toMatchObject({
      "content-type": "image/png",
      "x-robots-tag": "noindex, nofollow",
      "referrer-policy": "no-referrer",
    });
    expect(card.rawPayload.subarray(1, 4).toString()).toBe("PNG");
    expect([card.rawPayload.readUInt32BE(16), card.rawPayload.readUInt32BE(20)]).toEqual([1200, 630]);
    // Kept, not drawn again; and a picture for a chat is no reader.
    expect((await server.app.inject({ url: `/d/${token}/card.png` })).rawPayload.equals(card.rawPayload)).toBe(true);
    expect((await server.app.inject({ url: "/api/v1/links", headers: server.headers })).json()).toMatchObject({
      links: [{ id, opened: 1 }],
    });
    for (let asked = 2; asked < 30; asked += 1) await server.app.inject({ url: `/d/${token}/card.png` });
    expect((await server.app.inject({ url: `/d/${token}/card.png` })).statusCode).toBe(429);
    expect((await server.app.inject({ url: "/d/never-was/card.png", remoteAddress: "127.0.0.2" })).statusCode).toBe(404);
    await server.app.inject({ method: "DELETE", url: `/api/v1/links/${id}`, headers: server.headers });
    expect((await server.app.inject({ url: `/d/${token}/card.png`, remoteAddress: "127.0.0.3" })).statusCode).toBe(410);
  });

  it("tells no mail address and no name of ours, unless the sharer adds them", async () => {
    await using server = await withProbe();
    const words = JSON.stringify(server.report);
    expect(words).toContain("someone.private@example.com");
    expect(words).toContain("probe.corp.example");
    const { token } = await share(server);
    for (const end of ["", ".json", ".md", ".html"]) {
      const { body } = await server.app.inject({ url: `/d/${token}${end}` });
      expect(body, end).not.toContain("someone.private");
      expect(body, end).not.toContain("probe.corp.example");
      expect(body, end).not.toMatch(/[\w.]+@[\w-]+\.\w/);
    }
    const whole = await share(server, { includePrivate: true });
    const { body } = await server.app.inject({ url: `/d/${whole.token}.json` });
    expect(body).toContain("someone.private@example.com");
    expect(JSON.parse(body).report).toEqual(server.report);
  });

  it("ends when it is revoked or too old, and says which", async () => {
    await using server = await withProbe();
    const { token, id } = await share(server, { expiresInDays: 1 });
    const revoke = () => server.app.inject({ method: "DELETE", url: `/api/v1/links/${id}`, headers: server.headers });
    expect((await revoke()).statusCode).toBe(204);
    expect((await revoke()).statusCode).toBe(404);
    const { hashSecret } = await import("../src/access/secret.ts");
    await server.store.links.create({
      opens: "diagnosis",
      name: null,
      probeId: server.probeId,
      tokenHash: hashSecret("old"),
      createdAt: "2020-01-01T00:00:00.000Z",
      expiresAt: "2020-01-31T00:00:00.000Z",
      note: null,
      includePrivate: false,
      signInId: null,
    });
    for (const [name, status, code, words] of [
      [token, 410, "share-revoked", "revoked"],
      ["old", 410, "share-expired", "2020-01-31"],
      ["never-was", 404, "not-found", "whole link"],
    ] as const) {
      const page = await server.app.inject({ url: `/d/${name}`, headers: { accept: "text/html" } });
      expect(page.statusCode, name).toBe(status);
      expect(page.body, name).toContain(words);
      expect(page.body).not.toContain("127.0.0.1");
      expect((await server.app.inject({ url: `/d/${name}.json` })).json()).toMatchObject({ error: { code } });
    }
  });

  it("cannot be made of what is not there", async () => {
    await using server = await withProbe();
    expect(await share({ ...server, probeId: "none" })).toMatchObject({ error: { code: "not-found" } });
    expect(await share(server, { expiresInDays: 0 })).toMatchObject({
      error: { code: "invalid-request", message: expect.stringContaining("expiresInDays") },
    });
    const queued = await server.store.probes.create({
      target: "x.test",
      request: { target: "x.test" },
      createdAt: new Date().toISOString(),
      previousId: null,
    });
    expect(await share({ ...server, probeId: queued.id })).toMatchObject({ error: { code: "nothing-to-share" } });
  });
});

describe("redaction", () => {
  it("takes internal router names out of hops and of what findings say, and leaves remedies to be pasted", async () => {
    await using server = await withProbe();
    const [host] = server.report.hosts;
    const [finding] = server.report.findings;
    if (host === undefined || finding === undefined) throw new Error("The report is empty.");
    const hop = (ttl: number, address: string, name: string) => ({ ttl, address, name, as: null });
    const report: ProbeReport = {
      ...server.report,
      target: "someone.private@example.net",
      hosts: [
        {
          ...host,
          path: {
            ...host.path,
            lostBetween: [hop(1, "10.1.2.3", "core-sw1.example.com"), hop(2, "198.51.100.7", "edge.isp.example")],
            portBlockedAt: hop(1, "192.0.2.3", "fw.corp"),
          },
        },
      ],
      controls: [{ ...CONTROL, blockedAt: hop(1, "192.0.2.4", "gw.lan") }],
      findings: [
        {
          ...finding,
          summary: "Told by core-sw1.example.com, fw.corp and gw.lan at a@b.example.",
          remedies: [{ ...REMEDY, steps: "ssh admin@192.0.2.1" }],
        },
      ],
    };
    const redacted = redactReport(report);
    expect(redacted.target).toBe("example.net");
    expect(redacted.hosts[0]?.path.lostBetween).toMatchObject([{ address: "10.1.2.3", name: null }, { address: "198.51.100.7" }]);
    expect(redacted.findings[0]?.summary).not.toContain("a@b");
    for (const name of ["core-sw1", "fw.corp", "gw.lan"]) expect(JSON.stringify(redacted)).not.toContain(name);
    expect(redacted.findings[0]?.remedies[0]?.steps).toBe("ssh admin@192.0.2.1");
  });
});

describe("our address", () => {
  it.each([
    ["10.1.2.3", "10.1.2.3:40001", "sender:40001"],
    ["2001:db8::7", "[2001:db8::7]:40001", "sender:40001"],
  ])("%s is taken out of flows and of what the host said; longer ones and the host's stay", async (own, local, left) => {
    await using server = await withProbe();
    const [host] = server.report.hosts;
    if (host === undefined) throw new Error("The report is empty.");
    const time = "2026-01-02T03:04:05.000001Z";
    const longer = own.includes(":") ? `${own}7:1` : `${own}4`;
    const report: ProbeReport = {
      ...server.report,
      hosts: [
        {
          ...host,
          address: "203.0.113.3",
          connections: [{ n: 1, local, remote: "203.0.113.3:25", startedAt: time, endedAt: time, end: "quit" }],
          greeting: { text: `220 hello ${own}, not ${longer}. From 203.0.113.3`, mask: "none" },
        },
      ],
    };
    const [redacted] = redactReport(report).hosts;
    expect(redacted?.connections).toMatchObject([{ local: left, remote: "203.0.113.3:25" }]);
    expect(redacted?.greeting.text).toBe(`220 hello sender, not ${longer}. From 203.0.113.3`);
    // A link from before the sharer was asked about it keeps the rest.
    const [older] = redactSource(report).hosts;
    expect(older).toMatchObject({
      connections: [{ local: left }],
      greeting: { text: `220 hello sender, not ${longer}. From 203.0.113.3` },
    });
    expect(redactSource(report).vantage).toEqual(report.vantage);
  });
});

describe("a name of ours that is a word, too", () => {
  it.each(["mail", "mx"])("%s, is taken out of what was said, and out of nothing else", async (name) => {
    await using server = await withProbe();
    const [host] = server.report.hosts;
    const [finding] = server.report.findings;
    if (host === undefined || finding === undefined) throw new Error("The report is empty.");
    const line = (dir: "<" | ">", text: string) => ({ at: 1, connection: 1, dir, text });
    const report: ProbeReport = {
      ...server.report,
      vantage: { ...server.report.vantage, host: name },
      resolution: { ...server.report.resolution, kind: "mx" },
      hosts: [
        {
          ...host,
          name: `${name}.example.com`,
          transcript: [line(">", `EHLO ${name}`), line("<", `250 ${name}.example.com Hello ${name} [192.0.2.1]`)],
        },
      ],
      findings: [
        {
          ...finding,
          title: `Mail to ${name}.example.com hangs at its MX`,
          summary: `It said '250 ${name}.example.com Hello ${name} [192.0.2.1]', which is mail.`,
        },
      ],
    };
    expect(redactReport(report)).toMatchObject({
      vantage: { host: "sender" },
      resolution: { kind: "mx" },
      hosts: [
        {
          name: `${name}.example.com`,
          transcript: [{ text: "EHLO sender" }, { text: `250 ${name}.example.com Hello sender [sender]` }],
        },
      ],
      findings: [
        {
          title: `Mail to ${name}.example.com hangs at its MX`,
          summary: `It said '250 ${name}.example.com Hello sender [sender]', which is mail.`,
        },
      ],
    });
  });
});

const REMEDY = {
  id: "x",
  kind: "fix",
  audience: "network",
  platform: "linux",
  title: "",
  steps: "",
  undo: "",
  check: "",
  reference: "",
  sideEffects: "",
} as const;

const CONTROL = {
  host: "control.example",
  address: "192.0.2.9",
  stage: "connect",
  outcome: "failed",
  cause: "timeout",
  ms: 1,
  outbound: null,
} as const;

describe("the picture of a share", () => {
  it("takes text of any kind and length, and shows sizes only where they matter", async () => {
    await using server = await withProbe();
    const [finding] = server.report.findings;
    if (finding === undefined) throw new Error("The report is empty.");
    const shared = (title: string) =>
      ({ report: { ...server.report, target: title, findings: [{ ...finding, title }] } }) as SharedDiagnosis;
    for (const title of ["", "x".repeat(100_000), "</svg><script>alert(1)</script>&amp;\u202e\u0000", "日本語 😀 ﷽", "a ".repeat(5000)]) {
      expect((await drawShareCard(shared(title))).readUInt32BE(16), title.slice(0, 30)).toBe(1200);
    }
    const none = await drawShareCard({ report: { ...server.report, findings: [] as Finding[] } } as SharedDiagnosis);
    expect(none.readUInt32BE(20)).toBe(630);
  });
});

it("a template without a place for the data is refused", () => {
  const shared = { schema: "mxray.diagnosis/1" } as SharedDiagnosis;
  expect(() => fillSharePage("<html></html>", shared)).toThrow("mxray:diagnosis");
});
