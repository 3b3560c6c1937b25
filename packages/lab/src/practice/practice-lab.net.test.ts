import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeCapability } from "../kernel/capability.ts";
import { PRACTICE_MTU } from "./practice-hosts.ts";
import { type PracticeLab, startPracticeLab } from "./practice-lab.ts";

const capability = await describeCapability([["ping", "iputils-ping"]]);

describe.skipIf(!capability.ok)("the practice lab", () => {
  let lab: PracticeLab;
  beforeAll(async () => {
    lab = await startPracticeLab();
  });
  afterAll(() => lab?.stop());

  const addressOf = (name: string) => {
    const domain = lab.domains.find((each) => each.name === name);
    if (!domain) throw new Error(`no domain ${name}`);
    return domain.address;
  };
  /** Whether packets of this size (bytes, DF set) reach the domain's mail host and come back. */
  const passes = async (name: string, family: 4 | 6, size: number, client = lab.client) => {
    const address = addressOf(name)[family === 4 ? "v4" : "v6"];
    const payload = size - (family === 4 ? 28 : 48);
    return (await client.exec("ping", ["-n", "-c", "1", "-W", "1", "-M", "do", "-s", String(payload), address])).code === 0;
  };

  test.each([4, 6] as const)("each mail host has a path of its own (IPv%i)", async (family) => {
    expect(await passes("healthy", family, 1500)).toBe(true);
    expect(await passes("fixup", family, 1500)).toBe(true);
    expect(await passes("black-hole", family, PRACTICE_MTU)).toBe(true);
    expect(await passes("black-hole", family, PRACTICE_MTU + 1)).toBe(false);
    expect(await passes("reduced", family, PRACTICE_MTU + 1)).toBe(false);
    const clients = [lab.client, ...lab.network.furtherClients];
    const large = await Promise.all(clients.map((client) => passes("one-side", family, PRACTICE_MTU + 1, client)));
    expect(large).toEqual([false, false, true]);
  });

  test("the mute router tells nobody, the honest one does", async () => {
    await passes("black-hole", 4, 1500);
    await passes("reduced", 4, 1500);
    expect(await lab.client.run("ip", ["route", "get", addressOf("black-hole").v4])).not.toContain("mtu 1400");
    expect(await lab.client.run("ip", ["route", "get", addressOf("reduced").v4])).toContain("mtu 1400");
  });

  const lookUp = async (type: "MX" | "TXT", name: string) => {
    const program = 'import { resolve } from "node:dns/promises"; console.log(JSON.stringify(await resolve(...process.argv.slice(1))));';
    return JSON.parse(await lab.client.run(process.execPath, ["--input-type=module", "-e", program, name, type]));
  };

  test("its name server knows the domains", async () => {
    for (const { domain } of lab.domains) {
      expect(await lookUp("MX", domain)).toEqual([{ priority: 10, exchange: `mx.${domain}`, type: "MX" }]);
    }
    const several = (await lookUp("MX", "several.lab.test")) as { exchange: string }[];
    expect(several.map(({ exchange }) => exchange)).toContain("mx.black-hole.lab.test");
    for (const { exchange } of several) expect(lab.domains.map(({ domain }) => `mx.${domain}`)).toContain(exchange);
  });

  test("its name server knows whose the routers are", async () => {
    const [origin4, , names] = lab.environment.MXRAY_OWNER_ZONES.split(",");
    const reversed = lab.network.router(1).address.v4.split(".").toReversed().join(".");
    expect(await lookUp("TXT", `${reversed}.${origin4}`)).toEqual([[expect.stringMatching(/^64497 /)]]);
    expect(await lookUp("TXT", `AS64497.${names}`)).toEqual([[expect.stringMatching(/ EXAMPLE-TRANSIT, ZZ$/)]]);
  });
});
