import { describe, expect, it, vi } from "vitest";
import { loadOptions } from "../../test/load-options.ts";
import { messageSource } from "./message-source.ts";

const about = { run: "s1", by: "tester@example.test", host: "generator.example.test" };
const source = (least: number, most = least, seed = 1) => messageSource(loadOptions({ size: { least, most }, seed }), about);
const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString("latin1");
const END = ".\r\n";

describe("messages", () => {
  it.each([600, 4096, 65_536, 1_000_000])("have %i bytes, to one at most", (bytes) => {
    const { message } = source(bytes);
    for (const index of [0, 1, 240, 4095]) {
      const length = text(message(index)).length - END.length;
      expect(bytes - length).toBeGreaterThanOrEqual(0);
      expect(bytes - length).toBeLessThanOrEqual(1);
    }
  });

  it("end once, with lines that a mail server takes and no dot at their begin", () => {
    for (const index of [0, 7, 5000]) {
      const whole = text(source(20_000).message(index));
      expect(whole.endsWith(`\r\n${END}`)).toBe(true);
      expect(whole.indexOf("\r\n.\r\n")).toBe(whole.length - END.length - 2);
      expect(Math.max(...whole.split("\r\n").map((line) => line.length))).toBeLessThan(998);
      expect(/[^\r]\n|\r[^\n]/.test(whole)).toBe(false);
    }
  });

  it("say who sends them", () => {
    expect(text(source(600).message(2))).toContain("X-mxray-stress: run s1 by tester@example.test from generator.example.test\r\n");
  });

  it("are different texts, the same again for the same seed", ({ onTestFinished }) => {
    // Their date is that of the run, in seconds.
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const [one, other] = [source(4096).message(1), source(4096).message(2)].map((parts) => text(parts).split("\r\n\r\n")[1]);
    expect(one).not.toBe(other);
    expect(text(source(4096).message(1))).toBe(text(source(4096).message(1)));
    expect(text(source(4096, 4096, 2).message(1))).not.toBe(text(source(4096).message(1)));
  });

  it("have sizes within the bounds, small ones more often", () => {
    const { message } = source(1000, 100_000);
    const lengths = Array.from({ length: 500 }, (_, index) => text(message(index)).length - END.length);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(999);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(100_000);
    const small = lengths.filter((length) => length < 10_000).length;
    expect(small).toBeGreaterThan(200);
    expect(small).toBeLessThan(300);
  });
});
