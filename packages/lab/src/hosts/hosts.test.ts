import { describe, expect, test } from "vitest";
import { walkThrough } from "../mail-host/dialogue.test-client.ts";
import { startMailHost } from "../mail-host/mail-host.ts";
import { hostileHosts, mailHostScript, mailHostScripts } from "./index.ts";

test("each host has a name of its own, and a title", () => {
  expect(new Set(mailHostScripts.map((script) => script.name)).size).toBe(mailHostScripts.length);
  for (const script of mailHostScripts) {
    expect(script.name).toMatch(/^[a-z0-9-]+$/);
    expect(script.title).toMatch(/\.$/);
  }
  expect(() => mailHostScript("no-such-host")).toThrow("no-such-host");
});

test("there are more than forty hostile ones", () => {
  expect(hostileHosts.length).toBeGreaterThan(40);
});

test("a script is plain data", () => {
  expect(JSON.parse(JSON.stringify(mailHostScripts))).toEqual(mailHostScripts);
});

/** Hosts that are in order if one waits long enough. */
/** Milliseconds for each reply. What is to stall is not waited for long; all else may take its time on a busy machine. */
const PATIENCE = { stalled: 1500, otherwise: 20_000 };

describe.concurrent("each host does what its script says", () => {
  for (const script of mailHostScripts) {
    test(script.name, async ({ expect }) => {
      await using host = await startMailHost(script);
      const result = await walkThrough(host.port, script.expect.outcome === "stalled" ? PATIENCE.stalled : PATIENCE.otherwise);
      expect(result, script.title).toMatchObject({ stage: script.expect.stage, outcome: script.expect.outcome });
      expect(host.delivered, "nobody finished a message").toBe(0);
    });
  }
});
