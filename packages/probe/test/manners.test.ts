import { connect, createServer } from "node:net";
import { parseTarget } from "@mxray/contracts";
import { type MailHostScript, startMailHost } from "@mxray/lab";
import { localProbeRunner } from "@mxray/probe";
import { describe, expect, test } from "vitest";
import { ConnectionBudget } from "../src/session/connection-budget.ts";

const runProbe = localProbeRunner();
const fine = { stage: "quit", outcome: "ok" } as const;

async function probe(script: MailHostScript) {
  await using host = await startMailHost(script);
  const parsed = parseTarget(`127.0.0.1:${host.port}`);
  if (!parsed.ok) throw new Error(parsed.message);
  const vantage = { name: "local", host: "test", version: "0" };
  const { hosts } = await runProbe({ target: parsed.target, vantage, trace: false, owner: false });
  return { observed: hosts[0], seen: host.connections };
}

describe("manners", () => {
  test("no message grows beyond the SIZE that the host advertises", async () => {
    const { observed, seen } = await probe({ name: "small", title: "", keywords: ["SIZE 50000"], expect: fine });
    expect(Math.max(...seen.map(({ bodyBytes }) => bodyBytes))).toBeLessThanOrEqual(50_000);
    const sizes = observed?.path.outbound.rungs.filter(({ unit }) => unit === "payload").map(({ size }) => size);
    expect(sizes).toEqual([4096, 16_384]);
    expect(observed?.stages.find(({ stage }) => stage === "data-ladder")).toMatchObject({ outcome: "ok" });
    expect(observed?.stages.find(({ stage }) => stage === "data-ladder")?.reason).toContain("at most 50000 bytes");
  });

  test("SIZE without a number, and SIZE 0, set no limit", async () => {
    for (const keyword of ["SIZE", "SIZE 0"]) {
      const { observed } = await probe({ name: "open", title: "", keywords: [keyword], expect: fine });
      expect(observed?.path.outbound.rungs.filter(({ unit }) => unit === "payload")).toHaveLength(4);
    }
  });

  test("each connection is recorded, and has ended before the next one begins", async () => {
    const { observed } = await probe({ name: "tls", title: "", tls: {}, expect: fine });
    const connections = observed?.connections ?? [];
    // On a busy machine a slow acknowledgement may be looked into with further connections.
    expect(connections.slice(0, 2).map(({ n, end }) => [n, end])).toEqual([
      [1, "reset"],
      [2, "quit"],
    ]);
    for (const { local, remote, startedAt, endedAt } of connections) {
      expect(local).toMatch(/^127\.0\.0\.1:\d+$/);
      expect(remote).toMatch(/^127\.0\.0\.1:\d+$/);
      for (const time of [startedAt, endedAt]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(startedAt <= endedAt).toBe(true);
    }
    for (const [index, { endedAt }] of connections.slice(0, -1).entries()) {
      expect(endedAt <= (connections[index + 1]?.startedAt ?? "")).toBe(true);
    }
  });
});

/** A host that serves one client at a time, greets it after `greetingMs` and counts it for `lagMs` after its end. */
async function probeCrowded(lagMs: number, greetingMs = 0) {
  await using host = await startMailHost({ name: "tls", title: "", tls: {}, expect: fine });
  let counted = 0;
  let turnedAway = 0;
  const door = createServer((client) => {
    client.on("error", () => undefined);
    if (counted > 0) {
      turnedAway += 1;
      client.end("421 Too many concurrent SMTP connections from this IP address; please try again later.\r\n");
      return;
    }
    counted += 1;
    const inside = connect(host.port, "127.0.0.1");
    inside.on("error", () => undefined);
    inside.on("close", () => client.destroy());
    client.on("close", () => {
      inside.destroy();
      setTimeout(() => (counted -= 1), lagMs);
    });
    client.pipe(inside);
    setTimeout(() => inside.pipe(client), greetingMs);
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const address = door.address();
  const parsed = parseTarget(`127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  if (!parsed.ok) throw new Error(parsed.message);
  const vantage = { name: "local", host: "test", version: "0" };
  const { hosts } = await runProbe({ target: parsed.target, vantage, trace: false, owner: false });
  door.close();
  return { stages: hosts[0]?.stages ?? [], connections: hosts[0]?.connections?.length ?? 0, turnedAway };
}

describe("a host that takes one connection at a time", () => {
  test("is not asked for a second one while it still counts the first", async () => {
    const { stages, connections, turnedAway } = await probeCrowded(5);
    expect(stages.find(({ stage }) => stage === "starttls")?.outcome).toBe("ok");
    expect(connections).toBeGreaterThan(1);
    expect(turnedAway).toBe(0);
  });

  test("and greets slowly is given as much more time", async () => {
    const { connections, turnedAway } = await probeCrowded(100, 60);
    expect(connections).toBeGreaterThan(1);
    expect(turnedAway).toBe(0);
  });

  test("and is slow to forget it turns us away once, and is given more time from then on", async () => {
    const { stages, connections, turnedAway } = await probeCrowded(300);
    expect(stages.find(({ stage }) => stage === "starttls")?.outcome).toBe("ok");
    expect(connections).toBeGreaterThan(2);
    expect(turnedAway).toBe(1);
  });

  test("and takes no further one for long is left alone", async () => {
    const { stages, turnedAway } = await probeCrowded(20_000);
    expect(stages.find(({ stage }) => stage === "starttls")).toMatchObject({ outcome: "not-tested", reply: { code: 421 } });
    expect(turnedAway).toBe(2);
  });
});

describe("the budget of connections", () => {
  test("is twelve, and what is kept for a purpose is left alone by lesser ones only", () => {
    const budget = new ConnectionBudget();
    budget.keep("inspection", 1);
    budget.keep("direction", 6);
    expect(budget.left("exactness")).toBe(5);
    expect(budget.left("direction")).toBe(11);
    expect(budget.left("inspection")).toBe(12);
    for (let n = 1; n <= 5; n += 1) expect(budget.take("exactness")).toBe(n);
    expect(budget.take("exactness")).toBeNull();
    expect([...budget.short]).toEqual(["exactness"]);
    for (let n = 6; n <= 11; n += 1) expect(budget.take("direction")).toBe(n);
    expect(budget.take("direction")).toBeNull();
    expect(budget.take("inspection")).toBe(12);
    expect(budget.take("inspection")).toBeNull();
  });
});
