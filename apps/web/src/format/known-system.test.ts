import { expect, test } from "vitest";
import { systemOfGreeting, systemOfWriters } from "./known-system.ts";

test("a greeting names the mail program, or nothing", () => {
  expect(systemOfGreeting("220 mx.example.com ESMTP Postfix (Debian)")).toBe("postfix");
  expect(systemOfGreeting("220 mx.example.com Microsoft ESMTP MAIL Service ready")).toBe("exchange");
  expect(systemOfGreeting("220 mx.example.com ESMTP Exim 4.98")).toBe("exim");
  expect(systemOfGreeting("220 notpostfixed.example.com ready")).toBeUndefined();
  expect(systemOfGreeting(null)).toBeUndefined();
});

test("the program that wrote most lines is the reader's", () => {
  expect(
    systemOfWriters([
      { mta: "exim", lines: 3 },
      { mta: "sendmail", lines: 40 },
    ]),
  ).toBe("sendmail");
  expect(systemOfWriters([])).toBeUndefined();
});
