import type { ProbeReport } from "@mxray/contracts";
import { printable } from "@mxray/contracts";
import { describe, expect, it } from "vitest";
import { ownNames } from "../src/sharing/own-names.ts";

const NAME = "relay7.secretcorp.example";

function report(over: { host?: string; target?: string; names?: readonly string[]; ehlo?: string } = {}): ProbeReport {
  const { host = "build", target = "example.net", names = ["mx.example.net"], ehlo = NAME } = over;
  const transcript = [{ at: 1, connection: 1, dir: ">", text: `EHLO ${ehlo}` }];
  return {
    target,
    vantage: { name: "local", host, version: "0" },
    resolution: { records: [] },
    hosts: names.map((name) => ({ name, transcript })),
  } as unknown as ProbeReport;
}

const LEFT = /secretcorp|relay7|procterces|7yaler/i;
const HEX = Buffer.from(NAME).toString("hex");

describe("What a host said", () => {
  const { cleanSaid } = ownNames(report());
  const forms: Readonly<Record<string, string>> = {
    plain: `Hello ${NAME} [192.0.2.9]`,
    upper: NAME.toUpperCase(),
    "a word behind a full stop": `${NAME}.Welcome`,
    "behind an at": `x@${NAME}`,
    "an underscore": `${NAME}_x`,
    "a dash": `${NAME}-x`,
    digits: `${NAME}1`,
    "digits before": `1${NAME}`,
    quoted: `"${NAME}"`,
    "a comma": `${NAME},ok`,
    markup: `<b>${NAME}</b>`,
    "an equals sign": `helo=${NAME};`,
    slashes: `/${NAME}/`,
    "a dot before": `.${NAME}`,
    "a name before": `a.${NAME}`,
    "a trailing dot": `${NAME}.`,
    reversed: [...NAME].toReversed().join(""),
    hexadecimal: HEX,
    "its first label": "relay7 unknown",
    "its domain": "you are in secretcorp.example, welcome",
    "another of its domain": "not relay9.secretcorp.example",
    backslashes: NAME.replaceAll(".", "\\."),
  };
  it.each(Object.entries(forms))("is clean of %s", (_, text) => {
    expect(cleanSaid(text)).not.toMatch(LEFT);
    expect(cleanSaid(text)).not.toContain(HEX);
    expect(cleanSaid(text)).toContain("sender");
  });

  it("is clean of a name with an escaped byte at any place", () => {
    for (let at = 1; at < NAME.length; at += 1) {
      for (const byte of ["\u0000", "\u200b", "\r"]) {
        expect(cleanSaid(printable(`Hello ${NAME.slice(0, at)}${byte}${NAME.slice(at)} there`))).toBe("Hello sender there");
      }
    }
  });

  it("is clean of a name that was cut at any place", () => {
    for (let kept = 3; kept < NAME.length; kept += 1) {
      expect(cleanSaid(printable(`${"x".repeat(40)} ${NAME} and more`, 41 + kept + 1))).toBe(`${"x".repeat(40)} sender…`);
      expect(cleanSaid(printable(`${"x".repeat(40)}${NAME} and more`, 40 + kept + 1))).toBe(`${"x".repeat(40)}sender…`);
    }
  });
});

describe("What is no name of ours", () => {
  it("stays: names of the mail hosts, even below our own", () => {
    const { clean, cleanSaid } = ownNames(report({ ehlo: "example.com", target: "me@example.com", names: ["mx.example.com"] }));
    for (const change of [clean, cleanSaid]) {
      expect(change("220 mx.example.com ESMTP, MX.EXAMPLE.COM. for example.com")).toBe(
        "220 mx.example.com ESMTP, MX.EXAMPLE.COM. for example.com",
      );
    }
  });

  it("stays: names that end as ours does, and words like our first label outside of what was said", () => {
    const { clean, cleanSaid } = ownNames(report({ ehlo: "mail.firm.co.uk" }));
    expect(cleanSaid("250 mail.other.co.uk, mail.example.net")).toBe("250 mail.other.co.uk, mail.example.net");
    expect(clean("mail to mail.example.net waits")).toBe("mail to mail.example.net waits");
    expect(clean("greeted by mail.firm.co.uk")).toBe("greeted by sender");
  });

  it("is not looked for endlessly in a long hostile line", () => {
    const { clean, cleanSaid } = ownNames(report({ ehlo: `${"a".repeat(60)}.${"a".repeat(60)}.example` }));
    const began = performance.now();
    for (const change of [clean, cleanSaid]) change(`${"a".repeat(20_000)}…${"\\".repeat(2000)}${"a\\x00".repeat(2000)}`);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
