import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPolicy } from "../src/agent-policy.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mxray-policy-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function policy(text: string) {
  const path = join(folder, "policy.yaml");
  await writeFile(path, text);
  return await readPolicy(path);
}

describe("an agent's policy", () => {
  it("forbids addresses, networks of both families, and names with what is below them", async () => {
    const { refusalOf, logs } = await policy(
      "deny-targets: [ 10.0.0.0/8, '2001:db8::/32', 192.0.2.7, example.org ]\nlogs: [ /var/log/mail.log, journal ]",
    );
    const denied = (address: string, name: string | null = null) => refusalOf({ name, address, port: 25 }) !== null;
    expect(["10.1.2.3", "2001:db8::1", "192.0.2.7"].map((address) => denied(address))).toEqual([true, true, true]);
    expect(["11.1.2.3", "2001:db9::1", "192.0.2.8"].map((address) => denied(address))).toEqual([false, false, false]);
    expect([denied("192.0.2.1", "mx.example.org"), denied("192.0.2.1", "example.org"), denied("192.0.2.1", "notexample.org")]).toEqual([
      true,
      true,
      false,
    ]);
    // An IPv4 address in IPv6 clothes is what it is.
    expect(denied("::ffff:10.1.2.3")).toBe(true);
    expect(logs).toEqual(["/var/log/mail.log", "journal"]);
  });

  it.each([
    ["a list", "- 10.0.0.0/8", "is no list of settings"],
    ["an unknown setting", "allow-targets: [ 10.0.0.0/8 ]", "has 'allow-targets', which no agent knows"],
    ["a text for a list", "deny-targets: 10.0.0.0/8", "no list of texts"],
    ["a network that is none", "deny-targets: [ 10.0.0.0/33 ]", "denies '10.0.0.0/33'"],
    ["a log that is none", "logs: [ mail.log ]", "names 'mail.log' among its logs"],
    ["no YAML", "a: [", "cannot be read"],
  ])("refuses %s and says why", async (_what, text, words) => {
    await expect(policy(text)).rejects.toThrow(words);
  });
});
