import { describe, expect, test } from "vitest";
import { REPLY_CAP, REPLY_LINE_CAP, ReplyReader } from "../src/session/smtp-reply.ts";

function readerOf(...chunks: (string | Uint8Array)[]): ReplyReader {
  const reader = new ReplyReader();
  for (const chunk of chunks) reader.push(typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk);
  return reader;
}

describe("a reply", () => {
  test("is read whole however it is cut into chunks", () => {
    const bytes = "250-mx1.example.test\r\n250-SIZE 10240000\r\n250 2.0.0 STARTTLS\r\n";
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const reader = readerOf(bytes.slice(0, cut));
      const early = reader.next();
      expect(early).toBeNull();
      reader.push(Buffer.from(bytes.slice(cut)));
      expect(reader.next()).toMatchObject({ kind: "reply", reply: { code: 250, enhanced: "2.0.0" }, lines: { length: 3 } });
      expect(reader.pending).toBe(0);
    }
  });

  test.each([
    ["220\r\n", 220],
    ["220****\r\n", 220],
    ["220 bare line feed\n", 220],
  ])("%j is taken as it is sent by real servers", (text, code) => {
    expect(readerOf(text).next()).toMatchObject({ kind: "reply", reply: { code } });
  });

  test.each([
    "SSH-2.0-OpenSSH_9.2\r\n",
    "999 odd\r\n",
    "099 low\r\n",
    "2200 four\r\n",
    "250-one\r\n354 other\r\n",
    "\x16\x03\x01\r\n",
    "\r\n",
  ])("%j is no SMTP", (text) => {
    expect(readerOf(text).next()).toMatchObject({ kind: "protocol" });
  });

  test("keeps nothing that moves a cursor", () => {
    const parsed = readerOf("220 \x1b[2J\u0007evil\x00\r\n").next();
    expect(parsed).toMatchObject({ kind: "reply", reply: { text: "220 \\x1b[2J\\x07evil\\x00" } });
  });

  test("has a cap on a line, on the whole, and on its lines", () => {
    expect(readerOf(`220 ${"x".repeat(REPLY_LINE_CAP)}`).next()).toMatchObject({ kind: "too-long" });
    expect(readerOf("250-x\r\n".repeat(REPLY_CAP / 7 + 1)).next()).toMatchObject({ kind: "too-long" });
    expect(readerOf(`${"250-x\r\n".repeat(1000)}250 x\r\n`).next()).toMatchObject({ kind: "too-long" });
  });

  test("leaves what follows for the next one", () => {
    const reader = readerOf("250 one\r\n250 two\r\n");
    expect(reader.next()).toMatchObject({ reply: { text: "250 one" } });
    expect(reader.next()).toMatchObject({ reply: { text: "250 two" } });
    expect(reader.next()).toBeNull();
  });
});
