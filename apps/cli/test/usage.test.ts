import { ProbeReport } from "@mxray/contracts/schemas";
import { mailHostScripts, startMailHost } from "@mxray/lab";
import { Compile } from "typebox/compile";
import { describe, expect, test } from "vitest";
import { mxray } from "./mxray.ts";

const script = (name: string) => {
  const found = mailHostScripts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The lab has no host '${name}'.`);
  return found;
};

// Each starts a process, and all of them share the processors.
describe.concurrent("mxray", { timeout: 120_000 }, () => {
  test.each([
    [["nonsense"], "has no command 'nonsense'"],
    [["probe"], "needs a target"],
    [["probe", "not a host!"], "'not a host!' is neither a host name nor an address"],
    [["probe", "example.com:99999"], "99999"],
    [["probe", "2001:db8::1:25:99999:1:1:1:1"], "brackets"],
    [["probe", "http://example.com"], "is a URL"],
    [["probe", "a@example.com"], "--rcpt"],
    [["probe", "-4", "-6", "example.com"], "exclude each other"],
    [["probe", "--deadline", "soon", "example.com"], "--deadline takes a whole number from 1 to 3600"],
    [["probe", "--stages", "connect,fly", "example.com"], "no stage 'fly'"],
    [["probe", "--fail-on", "never", "example.com"], "--fail-on takes info, warning or critical"],
    [["probe", "--resolver", "dns.example", "example.com"], "--resolver takes the address"],
    [["probe", "--deliver-to", "x@example.com", "example.com"], "--yes"],
    [["probe", "--bogus", "example.com"], "--bogus"],
    [["scan"], "needs a log file"],
    [["scan", "--json", "--events", "x"], "exclude each other"],
    [["scan", "--full", "x"], "--full goes with --json."],
    [["scan", "-", "-"], "only once"],
    [["scan", "--year", "soon", "x"], "--year takes a whole number from 1970 to 9999"],
    [["scan", "--tz", "Mars/Olympus", "x"], "--tz takes a zone"],
    [["scan", "--fail-on", "never", "x"], "--fail-on takes info, warning or critical"],
    [["serve", "--port", "70000"], "--port takes a whole number from 0 to 65535"],
    [["serve", "--public-url", "nowhere"], "https://mxray.example.com"],
    [["serve", "here"], "takes no 'here'"],
    [["link", "here"], "takes no 'here'"],
    [["apply"], "takes one file, or --export"],
    [["apply", "x", "--export"], "takes one file, or --export"],
    [["apply", "x", "--server", "https://mxray.example.com"], "MXRAY_TOKEN is not set"],
    [["apply", "x", "--server", "https://mxray.example.com", "--token-file", "/nonexistent"], "cannot be read: ENOENT"],
    [["apply", "x", "--server", "https://mxray.example.com", "--data", "d"], "not both"],
    [["lab", "--"], "needs a command"],
  ])("%j is used wrongly: status 2 and one sentence on stderr", async (args, words) => {
    const { status, stdout, stderr } = await mxray(args);
    expect(stderr).toContain(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  test.each([
    [{ MXRAY_ALLOW_TARGETS: "10.0.0.0/40" }, "MXRAY_ALLOW_TARGETS"],
    [{ MXRAY_ALLOW_PORTS: "25,smtp" }, "MXRAY_ALLOW_PORTS"],
    [{ MXRAY_HELO: "two words" }, "MXRAY_HELO"],
    [{ MXRAY_RESOLVER: "dns.example" }, "MXRAY_RESOLVER"],
    [{ MXRAY_DO_NOT_PROBE: "!" }, "MXRAY_DO_NOT_PROBE"],
    [{ MXRAY_CONTROL_HOSTS: "http://x" }, "MXRAY_CONTROL_HOSTS"],
    [{ MXRAY_OWNER_ZONES: "origin.example" }, "MXRAY_OWNER_ZONES"],
    [{ MXRAY_PACE_SECONDS: "-1" }, "MXRAY_PACE_SECONDS"],
    [{ MXRAY_CONCURRENCY: "0" }, "MXRAY_CONCURRENCY"],
  ])("serve with %j names the setting", async (env, name) => {
    const { status, stderr } = await mxray(["serve", "--port", "0", "--data", "/dev/null/x"], { env: env as unknown as NodeJS.ProcessEnv });
    expect(stderr).toContain(name);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(status).toBe(2);
  });

  test("probe reads its settings from the environment, and names one that is wrong", async () => {
    const { status, stderr } = await mxray(["probe", "127.0.0.1:1"], { env: { MXRAY_OWNER_ZONES: "on" } });
    expect(stderr).toContain("MXRAY_OWNER_ZONES takes three DNS zones");
    expect(status).toBe(2);
  });

  test("serve and link that cannot run say why, with status 3", async () => {
    const store = await mxray(["serve", "--port", "0", "--data", "/dev/null/x"]);
    expect(store).toMatchObject({ status: 3, stderr: expect.stringContaining("/dev/null/x") });
    const link = await mxray(["link", "--data", "/nonexistent-mxray"]);
    expect(link).toMatchObject({ status: 3, stderr: expect.stringContaining("mxray serve") });
  });

  test("each command explains itself", async () => {
    for (const args of [["--help"], ["probe", "--help"], ["scan", "--help"], ["serve", "-h"], ["link", "--help"], ["lab", "--help"]]) {
      const { status, stdout } = await mxray(args);
      expect(stdout, args.join(" ")).toContain("mxray");
      expect(status).toBe(0);
    }
    expect((await mxray(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await mxray([])).status).toBe(2);
  });

  test("one document for one target, found from any directory with the machine's own Node", async () => {
    await using host = await startMailHost(script("healthy"));
    const { status, stdout, stderr } = await mxray(["probe", "--json", "--no-owner", `127.0.0.1:${host.port}`]);
    const report = JSON.parse(stdout) as ProbeReport;
    expect(Compile(ProbeReport).Errors(report)).toEqual([]);
    expect(report).toMatchObject({
      schema: "mxray.probe/1",
      target: `127.0.0.1:${host.port}`,
      hosts: [{ address: "127.0.0.1", family: 4 }],
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("only the stages that were asked for", async () => {
    await using host = await startMailHost(script("healthy-tls"));
    const { stdout } = await mxray(["probe", "--json", "--stages", "resolve,connect,greeting,ehlo,quit", `127.0.0.1:${host.port}`]);
    const [probed] = (JSON.parse(stdout) as ProbeReport).hosts;
    expect(probed?.stages.filter(({ cause }) => cause !== "not-wanted").map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
      "resolve ok",
      "connect ok",
      "greeting ok",
      "ehlo ok",
      "quit ok",
    ]);
    expect(probed?.path.outbound.rungs).toEqual([]);
  });

  test("a host that never speaks is given up at the deadline, and stored as what it is", async () => {
    await using host = await startMailHost(script("silent"));
    const { status, stdout } = await mxray(["probe", "--json", "--no-owner", "--deadline", "3", `127.0.0.1:${host.port}`]);
    const { durationMs, findings } = JSON.parse(stdout) as ProbeReport;
    expect(durationMs).toBeLessThan(4500);
    expect(findings[0]?.code).toMatch(/greeting-timeout|inconclusive/);
    expect([0, 1]).toContain(status);
  });

  test("a name that does not resolve is a result, not a crash", async () => {
    const { status, stdout } = await mxray(["probe", "--json", "--resolver", "127.0.0.1:1", "--deadline", "5", "example.invalid"]);
    expect(JSON.parse(stdout)).toMatchObject({ resolution: { kind: "none" }, hosts: [], findings: [{ code: "mx-unresolvable" }] });
    expect(status).toBe(1);
  });
});
