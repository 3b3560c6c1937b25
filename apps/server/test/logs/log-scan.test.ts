/** A dropped file's charts leave out what findings leave out. */
import { Readable } from "node:stream";
import type { LogScan } from "@mxray/contracts";
import { expect, test } from "vitest";
import { scanLog } from "../../src/logs/reading/log-scan.ts";

const line = (minute: number, program: string, text: string) =>
  `2026-01-05T10:${String(minute).padStart(2, "0")}:00Z mx1 postfix/${program}: ${text}\n`;
/** A session that is lost at once, by a client that postscreen caught. */
const bot = (minute: number, client: string) =>
  line(minute, "postscreen[3]", `PREGREET 14 after 0.05 from [${client}]:4000: EHLO x\\r\\n`) +
  line(minute, "smtpd[7]", `connect from unknown[${client}]`) +
  line(minute, "smtpd[7]", `lost connection after EHLO from unknown[${client}]`);
const lost = (minute: number, client: string) =>
  line(minute, "smtpd[8]", `connect from client.sender.example[${client}]`) +
  line(minute, "smtpd[8]", `timeout after DATA (1448 bytes) from client.sender.example[${client}]`);
const delivered = (minute: number, client: string) =>
  line(minute, "smtpd[9]", `4A7B00C1: client=unknown[${client}]`) +
  line(minute, "qmgr[1]", "4A7B00C1: from=<a@sender.example>, size=900, nrcpt=1 (queue active)");

const scan = async (...parts: string[]) => await scanLog(Readable.from([Buffer.from(parts.join(""))]), { name: "x", onProgress: () => {} });
const charted = ({ series }: LogScan) => ({
  stalled: series.outcomes.reduce((sum, { outcome, count }) => sum + (outcome === "stalled" ? count : 0), 0),
  stages: series.stages.map(({ stage }) => stage),
});

test("bots are in no chart", async () => {
  const result = await scan(bot(1, "198.51.100.8"), bot(2, "198.51.100.9"), lost(3, "198.51.100.7"));
  expect(result.summary.bots.peers).toBe(2);
  expect(charted(result)).toEqual({ stalled: 1, stages: ["body"] });
});

test("a client that delivers after all is charted from its beginning", async () => {
  const result = await scan(bot(1, "198.51.100.8"), delivered(4, "198.51.100.8"));
  expect(result.summary.bots.peers).toBe(0);
  expect(charted(result)).toEqual({ stalled: 1, stages: ["ehlo"] });
});

test("a client without a sign of a bot is charted though it delivers nothing", async () => {
  const session =
    line(1, "smtpd[7]", "connect from a.example[198.51.100.6]") +
    line(1, "smtpd[7]", "lost connection after EHLO from a.example[198.51.100.6]");
  expect(charted(await scan(session))).toEqual({ stalled: 1, stages: ["ehlo"] });
});
