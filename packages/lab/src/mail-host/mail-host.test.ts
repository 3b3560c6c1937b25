import { expect, test } from "vitest";
import { certificateBundle } from "./certificate.ts";
import { Dialogue } from "./dialogue.test-client.ts";
import { startMailHost } from "./mail-host.ts";
import type { MailHostScript } from "./script.ts";

const plain: MailHostScript = { name: "plain", title: "Plain.", expect: { stage: "quit", outcome: "ok" } };

async function withDialogue<T>(
  script: Partial<MailHostScript>,
  use: (dialogue: Dialogue, host: Awaited<ReturnType<typeof startMailHost>>) => Promise<T>,
): Promise<T> {
  await using host = await startMailHost({ ...plain, ...script });
  const dialogue = new Dialogue(host.port, 500);
  try {
    return await use(dialogue, host);
  } finally {
    dialogue.end();
  }
}

const code = async (reply: ReturnType<Dialogue["reply"]>) => {
  const got = await reply;
  return got.kind === "reply" ? got.code : got.kind;
};

test("takes a message and keeps a record of it", async () => {
  await withDialogue({}, async (dialogue, host) => {
    expect(await code(dialogue.reply())).toBe(220);
    expect(await code(dialogue.command("EHLO client.example.test"))).toBe(250);
    expect(await code(dialogue.command("MAIL FROM:<>"))).toBe(250);
    expect(await code(dialogue.command("RCPT TO:<someone@example.test>"))).toBe(250);
    expect(await code(dialogue.command("DATA"))).toBe(354);
    expect(await code(dialogue.command("Subject: hello\r\n\r\n..dot\r\n."))).toBe(250);
    expect(await code(dialogue.command("QUIT"))).toBe(221);
    expect(host.delivered).toBe(1);
    expect(host.connections[0]).toMatchObject({
      number: 1,
      commands: ["EHLO client.example.test", "MAIL FROM:<>", "RCPT TO:<someone@example.test>", "DATA", "QUIT"],
      delivered: ["Subject: hello\r\n\r\n..dot\r\n.\r\n"],
      ended: "host-ended",
    });
  });
});

test("an unfinished message is not delivered, and how the client left is known", async () => {
  await withDialogue({}, async (dialogue, host) => {
    await dialogue.reply();
    for (const line of ["EHLO x", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA"]) await dialogue.command(line);
    await dialogue.pour(5000);
    await expect.poll(() => host.connections[0]?.bodyBytes).toBe(5000);
    dialogue.end();
    await expect.poll(() => host.connections[0]?.ended).toMatch(/^client-/);
    expect(host.delivered).toBe(0);
  });
});

test("faults in the body happen at their byte", async () => {
  const script: Partial<MailHostScript> = { body: [{ atBytes: 65_536, actions: [{ do: "stop-reading" }] }] };
  await withDialogue(script, async (dialogue, host) => {
    await dialogue.reply();
    for (const line of ["EHLO x", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA"]) await dialogue.command(line);
    expect(await dialogue.pour(8_000_000)).toBe("timeout");
    expect(host.connections[0]?.bodyBytes).toBe(65_536);
  });
});

test("a strict host minds early talk", async () => {
  await withDialogue({ limits: { noEarlyTalk: true } }, async (dialogue) => {
    dialogue.send("EHLO early\r\n");
    expect(await code(dialogue.reply())).toBe(554);
    expect(await code(dialogue.reply())).toBe("closed");
  });
});

test("a strict host minds what follows a NOOP unasked", async () => {
  await withDialogue({ limits: { noPipelinedNoop: true } }, async (dialogue) => {
    await dialogue.reply();
    expect(await code(dialogue.command("NOOP"))).toBe(250);
    dialogue.send("NOOP\r\nNOOP\r\n");
    expect(await code(dialogue.reply())).toBe(554);
  });
});

test("a strict host counts commands that move no mail", async () => {
  await withDialogue({ limits: { nonMailCommands: 10 } }, async (dialogue) => {
    await dialogue.reply();
    const codes = [];
    for (let n = 0; n < 11; n++) codes.push(await code(dialogue.command("NOOP")));
    expect(codes).toEqual([...Array(10).fill(250), 554]);
  });
});

test("an ASA loses long commands and mistakes split ones", async () => {
  await withDialogue({ fixup: { dropsCommandsOver: 512, masksSplitCommands: true } }, async (dialogue) => {
    await dialogue.reply();
    expect(await code(dialogue.command(`NOOP ${"x".repeat(505)}`)), "512 bytes with CRLF").toBe(250);
    expect(await code(dialogue.command(`NOOP ${"x".repeat(506)}`)), "513 bytes").toBe("timeout");
    dialogue.send("NO");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await code(dialogue.command("OP"))).toBe(500);
  });
});

test("a broken PIX never sees an end of data in two segments", async () => {
  for (const [pieces, expected] of [
    [[".\r\n"], 250],
    [[".", "\r\n"], "timeout"],
  ] as const) {
    await withDialogue({ fixup: { losesSplitEndOfData: true } }, async (dialogue, host) => {
      await dialogue.reply();
      for (const line of ["EHLO x", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA"]) await dialogue.command(line);
      await dialogue.pour(780);
      for (const piece of pieces) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        dialogue.send(piece);
      }
      expect(await code(dialogue.reply())).toBe(expected);
      expect(host.delivered).toBe(expected === 250 ? 1 : 0);
    });
  }
});

test("actions in turn count connections for a greeting and repeats for a command", async () => {
  const script: Partial<MailHostScript> = {
    greeting: [{ do: "in-turn", turns: [["220 first"], ["421 second"]] }],
    on: { NOOP: [{ do: "in-turn", turns: [["250 one"], ["250 two"]] }] },
  };
  await withDialogue(script, async (dialogue, host) => {
    expect(await dialogue.reply()).toMatchObject({ text: "220 first\r\n" });
    const texts = [];
    for (let n = 0; n < 3; n++) texts.push(await dialogue.command("NOOP"));
    expect(texts).toMatchObject([{ text: "250 one\r\n" }, { text: "250 two\r\n" }, { text: "250 two\r\n" }]);
    const other = new Dialogue(host.port, 500);
    expect(await code(other.reply())).toBe(421);
    other.end();
  });
});

test("TLS has the certificate that was asked for", async () => {
  const script: Partial<MailHostScript> = {
    tls: {
      names: ["mx1.example.test", "mx2.example.test"],
      notBefore: "2000-01-01T00:00:00Z",
      notAfter: "9999-12-31T23:59:59Z",
      chainBytes: 6000,
    },
  };
  await withDialogue(script, async (dialogue, host) => {
    await dialogue.reply();
    expect(await dialogue.command("EHLO x")).toMatchObject({ text: expect.stringContaining("250 STARTTLS") });
    expect(await code(dialogue.command("STARTTLS"))).toBe(220);
    expect(await dialogue.secure()).toBe("secured");
    const chain = dialogue.chain;
    expect(chain[0]).toMatchObject({
      subject: { CN: "mx1.example.test" },
      subjectaltname: "DNS:mx1.example.test, DNS:mx2.example.test",
      valid_from: "Jan  1 00:00:00 2000 GMT",
      valid_to: "Dec 31 23:59:59 9999 GMT",
    });
    expect(chain).toHaveLength(3);
    expect(chain.reduce((sum, each) => sum + each.raw.length, 0)).toBeGreaterThanOrEqual(6000);
    expect(await dialogue.command("EHLO x")).not.toMatchObject({ text: expect.stringContaining("STARTTLS") });
    expect(host.connections[0]?.tls).toBe(true);
  });
});

test("certificates have at least the size asked for, and not much more", () => {
  expect(certificateBundle().chainBytes).toBeLessThan(600);
  for (const wanted of [3000, 6000, 60_000]) {
    const { chainBytes } = certificateBundle({ chainBytes: wanted });
    expect(chainBytes).toBeGreaterThanOrEqual(wanted);
    expect(chainBytes).toBeLessThan(wanted + 500);
  }
});

test("stopping ends every connection, whatever it was doing", async () => {
  const host = await startMailHost({ ...plain, greeting: [{ do: "repeat", actions: ["220-x"] }] });
  const hanging = new Dialogue(host.port, 2000);
  await expect.poll(() => host.connections.length).toBe(1);
  const started = performance.now();
  await host.stop();
  expect(performance.now() - started).toBeLessThan(500);
  hanging.end();
});
