import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { MailEvent, ScanDocument, ScanSummary } from "@mxray/contracts/schemas";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mxray } from "./mxray.ts";

const DELIVERIES = fileURLToPath(new URL("../../../packages/maillog/fixtures/postfix-deliveries.synthetic.log", import.meta.url));
const stall = (minute: number) =>
  `Jan  5 04:${String(minute).padStart(2, "0")}:22 mx1 postfix/smtpd[9]: timeout after DATA (0 bytes) from client.sender.example[198.51.100.7]\n`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-scan-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function summaryOf(
  args: readonly string[],
  stdin?: string,
): Promise<{ status: number | null; stderr: string; summary: ScanSummary }> {
  const { status, stdout, stderr } = await mxray(["scan", "--json", "--full", ...args], stdin === undefined ? {} : { stdin });
  const summary = JSON.parse(stdout) as ScanSummary;
  expect(stdout).toBe(`${JSON.stringify(summary, null, 2)}\n`);
  expect(Compile(ScanSummary).Errors(summary)).toEqual([]);
  return { status, stderr, summary };
}

describe.concurrent("mxray scan", () => {
  test("sums up a log, with findings and their exit status", async () => {
    const { status, stderr, summary } = await summaryOf(["--tz", "UTC", DELIVERIES]);
    expect(summary).toMatchObject({ schema: "mxray.scan/1", files: [DELIVERIES], lines: 41, recognised: 41, unrecognised: 0 });
    expect(summary.events).toMatchObject({ delivery: 24, "connect-failed": 2, "tls-failed": 1, "content-filter": 2 });
    // Two copies are no attempts, and no outcome of one.
    expect(summary.deliveries).toEqual({ sent: 9, deferred: 10, bounced: 1, expired: 2 });
    const peer = summary.peers.find(({ name, port }) => name === "mx.recipient.example" && port === 25);
    expect(peer).toMatchObject({ direction: "outbound", sent: 5 });
    expect(summary.findings.map(({ code }) => code)).toContain("log-content-filter");
    expect(stderr).toBe("");
    expect(status).toBe(1);
  });

  test("writes each remedy once, the worst findings, and how many it leaves out", async () => {
    const message = (peer: number, size: number, status: string) => [
      `2026-01-05T10:00:00+00:00 mx postfix/qmgr[1]: ${peer}A${size}: from=<a@b.example>, size=${size}, nrcpt=1 (queue active)`,
      `2026-01-05T10:05:00+00:00 mx postfix/smtp[2]: ${peer}A${size}: to=<c@d${peer}.example>, ` +
        `relay=mx.d${peer}.example[198.18.${peer >> 8}.${peer & 255}]:25, delay=300, delays=0/0/0/300, ${status}`,
    ];
    const stall = (peer: number) =>
      `dsn=4.4.2, status=deferred (conversation with mx.d${peer}.example[198.18.${peer >> 8}.${peer & 255}] timed out while sending message body)`;
    // Half of all take large messages, so the fault is not our own.
    const log = Array.from({ length: 500 }, (_, peer) =>
      [20_000, 30_000, 40_000].flatMap((size) => message(peer, size, peer < 250 ? stall(peer) : "dsn=2.0.0, status=sent (250 ok)")),
    ).flat();
    const path = await file("many-peers.log", `${log.join("\n")}\n`);
    const { summary } = await summaryOf([path]);
    const { status, stdout } = await mxray(["scan", "--json", path]);
    const document = JSON.parse(stdout) as ScanDocument;
    expect(Compile(ScanDocument).Errors(document)).toEqual([]);
    expect(summary.findings.length).toBeGreaterThan(200);
    expect(document.findings.length + document.findingsLeftOut).toBe(summary.findings.length);
    const whole = document.findings.map((finding) => ({ ...finding, remedies: finding.remedies.map(({ ref }) => document.remedies[ref]) }));
    const undated = (findings: unknown) => JSON.parse(JSON.stringify(findings).replace(/"firstSeen":"[^"]*"/g, '"firstSeen":""'));
    expect(undated(whole)).toEqual(undated(summary.findings.slice(0, document.findings.length)));
    const texts = Object.values(document.remedies).map((remedy) => JSON.stringify(remedy));
    expect(new Set(texts).size).toBe(texts.length);
    expect(stdout.length).toBeLessThan(JSON.stringify(summary, null, 2).length / 2);
    expect(status).toBe(1);
  });

  test("gives each event on a line of its own, the same that the fixtures expect", async () => {
    const { stdout } = await mxray(["scan", "--events", "--tz", "UTC", DELIVERIES]);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as MailEvent);
    for (const event of events) expect(Compile(MailEvent).Errors(event)).toEqual([]);
    const expected = (await readFile(DELIVERIES.replace(/\.log$/, ".events.jsonl"), "utf8")).trimEnd().split("\n");
    expect(events.map(({ line, event }) => ({ line, event }))).toEqual(
      expected.map((text) => JSON.parse(text) as MailEvent).map(({ line, event }) => ({ line, event })),
    );
    expect(events.every(({ file: name }) => name === DELIVERIES)).toBe(true);
    expect(stdout).not.toMatch(/x@recipient\.example|bob@/);
    expect((await mxray(["scan", "--events", "--addresses", DELIVERIES])).stdout).toContain("x@recipient.example");
  });

  test("reads standard input and compressed files, and a rotated set in the order of time", async () => {
    const stdin = await summaryOf(["-"], stall(1));
    expect(stdin.summary).toMatchObject({ files: ["-"], lines: 1, recognised: 1, dataBytes: [{ bytes: 0, count: 1 }] });
    const paths = [
      await file("mail.log", stall(30)),
      await file("mail.log.1", stall(20)),
      await file("mail.log.2.gz", gzipSync(stall(10))),
    ];
    const { summary } = await summaryOf(["--tz", "UTC", "--year", "2021", ...paths]);
    expect(summary).toMatchObject({
      files: [...paths].reverse(),
      lines: 3,
      from: "2021-01-05T04:10:22.000Z",
      to: "2021-01-05T04:30:22.000Z",
    });
    const berlin = await summaryOf(["--tz", "Europe/Berlin", "--year", "2021", ...paths]);
    expect(berlin.summary.from).toBe("2021-01-05T03:10:22.000Z");
  });

  test("tells a person, within the width of a page", async () => {
    const { status, stdout, stderr } = await mxray(["scan", DELIVERIES]);
    expect(stdout.replace(/\s+/g, " ")).toContain("41 of them written by a mail program");
    expect(stdout).toContain("The content filter does not do its part");
    expect(stdout).toContain("Peers with failures");
    for (const line of stdout.split("\n")) if (!line.startsWith("      ")) expect(line.length, line).toBeLessThanOrEqual(100);
    expect(stderr).toBe("");
    expect(status).toBe(1);
  });

  test("exits with 0 where nothing is found, and counts what it is asked to count", async () => {
    const quiet = await file("quiet.log", "Jan  5 04:11:22 mx1 postfix/qmgr[9]: 4F2D11B8A0: removed\n");
    expect((await mxray(["scan", quiet])).status).toBe(0);
    const pix = await file(
      "pix.log",
      "Jan  5 04:11:22 mx1 postfix/smtp[9]: 4F2D11B8A0: enabling PIX workarounds: disable_esmtp for mx.example[203.0.113.1]:25\n",
    );
    expect((await mxray(["scan", pix])).status).toBe(1);
    expect((await mxray(["scan", "--fail-on", "critical", pix])).status).toBe(0);
  });

  test.each([
    ["no such file", () => join(folder, "none"), "there is no such file"],
    ["a directory", () => folder, "it is a directory"],
  ])("%s: one sentence, status 3", async (_, path, words) => {
    const { status, stdout, stderr } = await mxray(["scan", "--json", path()]);
    expect(stderr).toBe(`${path()} cannot be read: ${words}.\n`);
    expect(stdout).toBe("");
    expect(status).toBe(3);
  });

  test("a file that is no mail log is told to be none", async () => {
    const other = await file("other.log", "nothing\nof\nthe kind\n");
    const { status, stderr, summary } = await summaryOf([other]);
    expect(stderr).toContain("0 of 3 lines");
    expect(summary).toMatchObject({ lines: 3, recognised: 0, unrecognised: 3, from: null, to: null, peers: [], findings: [] });
    expect(status).toBe(0);
    const binary = await file(
      "binary.log",
      new Uint8Array(300_000).map((_, index) => (index * 7919) & 0xff),
    );
    expect((await summaryOf([binary])).summary.recognised).toBe(0);
    const empty = await summaryOf([await file("empty.log", "")]);
    expect(empty.stderr).toContain("is empty");
  });

  test("a compressed file that ends too early is read as far as it goes, and that is told", async () => {
    const packed = gzipSync(Array.from({ length: 20_000 }, (_, index) => stall(index % 60)).join(""));
    const { status, stderr, summary } = await summaryOf([await file("early.log.gz", packed.subarray(0, packed.length - 20))]);
    expect(stderr).toMatch(/was read only in part, [0-9]+ lines: the compressed file ends too early\./);
    expect(summary.lines).toBeGreaterThan(1000);
    expect(status).toBe(1);
  });
});
