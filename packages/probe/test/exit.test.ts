import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MailHostObservation } from "@mxray/contracts";
import { type MailHost, type MailHostScript, mailHostScripts, startMailHost } from "@mxray/lab";
import { afterAll, beforeAll, expect, test } from "vitest";

const PROCESS = fileURLToPath(new URL("./exit-process.ts", import.meta.url));
const DEADLINE_MS = 8000;
/** By which a probe may outlive its deadline, and a process its last output. */
const GRACE_MS = 1000;

const expected = { stage: "ehlo", outcome: "failed" } as const;
/** Hosts that are the first to end a connection, at every stage of it: by FIN, after which they read on, and for good. */
const leavers: readonly MailHostScript[] = (["close", "half-close", "reset"] as const).flatMap((how): MailHostScript[] => {
  const leaves = [{ do: how }] as const;
  return [
    { name: `${how}-at-accept`, title: "", greeting: leaves, expect: expected },
    { name: `${how}-after-greeting`, title: "", greeting: ["220 mx", ...leaves], expect: expected },
    { name: `${how}-at-ehlo`, title: "", on: { EHLO: leaves }, expect: expected },
    { name: `${how}-after-ehlo`, title: "", on: { EHLO: [{ do: "default" }, ...leaves] }, expect: expected },
    { name: `${how}-at-noop`, title: "", on: { NOOP: leaves }, expect: expected },
    { name: `${how}-at-starttls`, title: "", tls: {}, on: { STARTTLS: leaves }, expect: expected },
    { name: `${how}-in-handshake`, title: "", tls: {}, on: { STARTTLS: ["220 go", ...leaves] }, expect: expected },
    { name: `${how}-inside-tls`, title: "", tls: {}, requiresTls: true, onTls: { EHLO: leaves }, expect: expected },
    { name: `${how}-at-mail`, title: "", on: { MAIL: leaves }, expect: expected },
    { name: `${how}-at-data`, title: "", on: { DATA: leaves }, expect: expected },
    { name: `${how}-after-354`, title: "", on: { DATA: ["354 go", ...leaves] }, expect: expected },
    { name: `${how}-in-body`, title: "", body: [{ atBytes: 2000, actions: leaves }], expect: expected },
    { name: `${how}-at-end-of-data`, title: "", on: { ".": leaves }, expect: expected },
    { name: `${how}-at-quit`, title: "", on: { QUIT: leaves }, expect: expected },
  ];
});

const scripts = [...mailHostScripts, ...leavers];
const hosts: MailHost[] = [];
beforeAll(async () => {
  for (const script of scripts) hosts.push(await startMailHost(script));
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
});

interface Ended {
  readonly target: string;
  readonly ms: number;
  readonly connections: MailHostObservation["connections"];
}

test("a probe of any host ends by its deadline, leaves no connection behind, and lets its process go", async () => {
  const targets = hosts.map(({ port }) => `127.0.0.1:${port}`);
  const child = spawn(process.execPath, [PROCESS, String(DEADLINE_MS), ...targets], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  let lastOutput = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    lastOutput = performance.now();
  });
  const status = await new Promise((resolve) => {
    const overdue = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS + 20_000);
    child.once("exit", (code, signal) => {
      clearTimeout(overdue);
      resolve(code ?? signal);
    });
  });
  const exitMs = performance.now() - lastOutput;
  const lines = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Ended | { socketsLeft: number });
  const ended = lines.filter((line): line is Ended => "target" in line);
  const longest = Math.max(...ended.map(({ ms }) => ms));
  console.log(
    `Exit test: ${ended.length} hosts, deadline ${DEADLINE_MS} ms, longest probe ${Math.round(longest)} ms, process gone ${Math.round(exitMs)} ms after its last output.`,
  );

  expect(status).toBe(0);
  expect(exitMs).toBeLessThan(GRACE_MS);
  expect(lines.at(-1)).toEqual({ socketsLeft: 0 });
  expect(ended).toHaveLength(scripts.length);
  const late = ended.filter(({ ms }) => ms > DEADLINE_MS + GRACE_MS).map(({ target }) => scripts[targets.indexOf(target)]?.name);
  expect(late).toEqual([]);
  for (const [index, host] of hosts.entries()) {
    const connections = ended.find(({ target }) => target === targets[index])?.connections ?? [];
    const name = scripts[index]?.name;
    expect(connections.length, name).toBeGreaterThan(0);
    // Each connection that the host saw has its entry: a record is made when a connection has ended.
    expect(connections.length, name).toBeGreaterThanOrEqual(host.connections.length);
  }
});
