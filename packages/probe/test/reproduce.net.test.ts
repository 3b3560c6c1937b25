/** The commands that a page offers to doubters, run in a real black hole: each that this machine has gives the answer that is promised. */
import { flowSource, flowsOf, reproduceCommands } from "@mxray/contracts";
import { expect, test } from "vitest";
import { describeLabPath, digHole } from "./lab-path.ts";
import { probeHostFrom } from "./probe-from.ts";

describeLabPath("what reproduces a black hole", (lab) => {
  test.each([4, 6] as const)("pings and the path trace answer as promised, over IPv%d", async (family) => {
    const { network, v4, v6 } = lab();
    await network.reset();
    await digHole(network, 1, 1400);
    const host = await probeHostFrom(network, family === 4 ? v4 : v6, {
      stages: ["connect", "greeting", "ehlo", "noop-ladder", "data-ladder"],
    });
    const commands = reproduceCommands(host).filter(({ system, where }) => system === "Linux" && where === "the sender");
    const runnable = commands.filter((one) => /^(?:ping|tracepath)\b/.test(one.command));
    const answers = new Map(
      await Promise.all(
        runnable.map(async ({ command }) => {
          const { stdout, stderr } = await network.client.exec("sh", ["-c", command]);
          return [command, `${stdout}${stderr}`] as const;
        }),
      ),
    );
    const [passes = "", lost = "", trace = ""] = answers.values();
    expect(passes).toContain(" 0% packet loss");
    expect(lost).toContain("100% packet loss");
    expect(lost).not.toMatch(/mtu|too long/i);
    expect(trace).toMatch(/pmtu 1500/);
    expect(trace).toMatch(/no reply/);
    expect(trace).not.toMatch(/pmtu 1400/);

    // Where the router may report it, each says so.
    await network.reset();
    await network.setLinkMtu(1, 1400);
    const healthy = await network.client.exec("sh", ["-c", [...answers.keys()][1] ?? ""]);
    expect(`${healthy.stdout}${healthy.stderr}`).toMatch(/mtu ?=? ?1400|too long/i);
  });

  test.each([4, 6] as const)("a hole on the way back shows from either end, over IPv%d", async (family) => {
    const { network, v4, v6 } = lab();
    await network.reset();
    await network.dropLarger(1, "inbound", 1400);
    const host = await probeHostFrom(network, family === 4 ? v4 : v6, { stages: ["connect", "greeting", "ehlo", "starttls"] });
    const commands = reproduceCommands(host).filter(({ system }) => system === "Linux");
    const answer = async (node: "client" | "server", command: string) => {
      const { stdout, stderr } = await network[node].exec("sh", ["-c", command]);
      return `${stdout}${stderr}`;
    };
    const [passes = "", lost = ""] = await Promise.all(
      commands
        .filter(({ where, command }) => where === "the mail host" && command.startsWith("ping"))
        .map(({ command }) => answer("server", command)),
    );
    expect(passes).toContain(" 0% packet loss");
    expect(lost).toContain("100% packet loss");
    expect(lost).not.toMatch(/mtu|too long/i);

    const [stalls = "", clamped = ""] = commands.flatMap(({ command }) => (command.includes("openssl") ? [command] : []));
    expect(await answer("client", stalls.replace("timeout 20", "timeout 3"))).not.toContain("BEGIN CERTIFICATE");
    const helped = await answer("client", clamped);
    expect(helped).toContain("BEGIN CERTIFICATE");
    expect(helped).not.toContain("Error");
    expect(await network.client.run("ip", [`-${family}`, "route"])).not.toContain("advmss");

    const filters = commands.flatMap(({ command }) => /^tcpdump -ni any '(.*)'$/.exec(command)?.[1] ?? []);
    expect(filters).toHaveLength(2);
    for (const filter of filters) {
      const { code, stderr } = await network.client.exec("tcpdump", ["-y", "EN10MB", "-d", filter]);
      expect(code, `${filter}: ${stderr}`).toBe(0);
    }
  });

  test("the flow names both ends of each connection, in time order", async () => {
    const { network, v4 } = lab();
    await network.reset();
    const host = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo"] });
    const [flow] = flowsOf(host);
    expect(flowSource(host)).toBe(network.client.address.v4);
    expect(flow?.source).toMatch(/^[\d.]+:\d+$/);
    expect(flow?.destination).toBe(`${v4}:25`);
    expect(flow?.start).toMatch(/\.\d{6}Z$/);
    expect((flow?.start ?? "") <= (flow?.end ?? "")).toBe(true);
  });

  test("filters for captures are understood by tcpdump", async () => {
    const { network, v4, v6 } = lab();
    for (const [target, link] of [
      [v4, 1],
      [v6, 1],
    ] as const) {
      await network.reset();
      await digHole(network, link, 1400);
      const host = await probeHostFrom(network, target, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
      const filters = reproduceCommands(host).flatMap(({ command }) => /^tcpdump -ni any '(.*)'$/.exec(command)?.[1] ?? []);
      expect(filters).toHaveLength(3);
      for (const filter of filters) {
        const { code, stderr } = await network.client.exec("tcpdump", ["-y", "EN10MB", "-d", filter]);
        expect(code, `${filter}: ${stderr}`).toBe(0);
      }
    }
  });
});
