import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { allowedLoad } from "./allowed-load.ts";
import { type AddressQuestions, checkedAddress, installationSecret, isPrivateAddress, proofToken } from "./checked-address.ts";
import { lockRuns, recordRun } from "./run-lock.ts";
import { chooseTarget, readTargetFile, type StressTarget } from "./target-file.ts";

const folder = mkdtempSync(join(tmpdir(), "mxray-stress-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(text: string, mode = 0o600): string {
  const path = join(folder, `targets-${Math.random().toString(36).slice(2)}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const target = (line: string): StressTarget => readTargetFile(fileWith(line))[0] as StressTarget;

const answers = (given: Partial<AddressQuestions> = {}): AddressQuestions => ({
  addresses: async () => ["192.168.1.1"],
  texts: async () => [],
  greeting: async () => "220 mx.example.test ESMTP\r\n",
  ...given,
});

describe("the targets file", () => {
  it("names hosts, credentials and recipients' domains", () => {
    const secret = fileWith("s3cret\n");
    const path = fileWith(
      `# ours\nRelay1.example.test:587 user=probe password=file:${secret} rcpt-domain=example.test,example.org\n\n[2001:db8::1] rcpt-domain=example.test # v6\n`,
    );
    expect(readTargetFile(path)).toEqual([
      {
        text: "Relay1.example.test:587",
        host: "relay1.example.test",
        port: 587,
        credentials: { user: "probe", password: "s3cret" },
        recipientDomains: ["example.test", "example.org"],
        proof: null,
      },
      { text: "[2001:db8::1]", host: "2001:db8::1", port: 25, credentials: null, recipientDomains: ["example.test"], proof: null },
    ]);
  });

  it.each([
    ["relay1", /no host with a port|rcpt-domain/],
    ["relay1.example.test:99999 rcpt-domain=example.test", /line 1: .*no host with a port/],
    ["relay1.example.test", /needs rcpt-domain=/],
    ["relay1.example.test rcpt-domain=example.test public=yes", /public= takes dns or greeting, not 'yes'/],
    ["relay1.example.test rcpt-domain=example.test colour=red", /'colour=red' is not known/],
    ["relay1.example.test rcpt-domain=example.test user=probe", /needs both user= and password=/],
    ["relay1.example.test rcpt-domain=example.test user=a password=file:/does/not/exist", /\/does\/not\/exist cannot be read: ENOENT/],
    ["a.example.test rcpt-domain=*", /needs rcpt-domain=/],
    ["a.example.test rcpt-domain=a.test rcpt-domain=b.test", /has rcpt-domain= twice/],
  ])("refuses '%s'", (line, message) => {
    expect(() => readTargetFile(fileWith(line))).toThrow(message);
  });

  it("keeps no password where everybody can read it", () => {
    const line = "relay1.example.test rcpt-domain=example.test user=probe password=s3cret";
    expect(() => readTargetFile(fileWith(line, 0o644))).toThrow(/chmod o-r/);
    expect(readTargetFile(fileWith(line, 0o640))[0]?.credentials?.password).toBe("s3cret");
  });

  it("is the only way to a target", () => {
    const path = fileWith("relay1.example.test:2525 rcpt-domain=example.test\n");
    const targets = readTargetFile(path);
    expect(chooseTarget(targets, "RELAY1.example.test:2525", path).port).toBe(2525);
    for (const other of ["relay1.example.test", "relay1.example.test:25", "relay2.example.test:2525", "192.0.2.1:2525"])
      expect(() => chooseTarget(targets, other, path)).toThrow(/is not in /);
  });
});

describe("the address of a target", () => {
  const OPEN = { starttls: false };
  const secret = "0123";
  const named = target("relay1.example.test rcpt-domain=example.test");

  it.each(["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.9", "fd00::1", "::1", "::ffff:10.0.0.1"])("%s is private", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(["8.8.8.8", "172.32.0.1", "169.254.169.254", "fe80::1", "2a00::1", "::ffff:8.8.8.8", "0.0.0.0", "255.255.255.255"])(
    "%s is not",
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );

  it("is refused where it is public", async () => {
    const questions = answers({ addresses: async () => ["8.8.8.8"] });
    await expect(checkedAddress(named, OPEN, secret, questions)).rejects.toThrow(/8\.8\.8\.8, a public address/);
    await expect(checkedAddress(target("8.8.8.8 rcpt-domain=example.test"), OPEN, secret, questions)).rejects.toThrow(/a public address/);
  });

  it("is refused where one of several is public: the name could lead to either", async () => {
    const questions = answers({ addresses: async () => ["10.0.0.1", "8.8.8.8"] });
    await expect(checkedAddress(named, OPEN, secret, questions)).rejects.toThrow(/8\.8\.8\.8/);
  });

  it("takes a password in clear text on this machine only", async () => {
    const line = (host: string) => target(`${host} user=probe password=pw rcpt-domain=example.test`);
    const encrypted = { starttls: true };
    for (const host of ["127.0.0.1", "[::1]"]) await expect(checkedAddress(line(host), OPEN, secret)).resolves.toBeTruthy();
    await expect(checkedAddress(line("10.0.0.1"), OPEN, secret)).rejects.toThrow(
      "The password for 10.0.0.1 would cross the network unencrypted: use STARTTLS (--starttls)",
    );
    await expect(checkedAddress(line("10.0.0.1"), encrypted, secret)).resolves.toBe("10.0.0.1");
    const both = answers({ addresses: async () => ["127.0.0.1", "10.0.0.1"] });
    await expect(checkedAddress(line("mx.example.org"), OPEN, secret, both)).rejects.toThrow(/unencrypted/);
  });

  it("is asked for once: what the name says later changes nothing", async () => {
    let asked = 0;
    const questions = answers({ addresses: async () => [asked++ === 0 ? "10.0.0.1" : "8.8.8.8"] });
    expect(await checkedAddress(named, OPEN, secret, questions)).toBe("10.0.0.1");
    expect(asked).toBe(1);
  });

  it("needs the operator's proof in DNS, that of this very host", async () => {
    const publicHost = target("mx.example.org rcpt-domain=example.org public=dns");
    const token = proofToken(publicHost, secret);
    const addresses = async () => ["8.8.8.8"];
    await expect(checkedAddress(publicHost, OPEN, secret, answers({ addresses }))).rejects.toThrow(
      new RegExp(`_mxray-stress.mx.example.org has no TXT record with '${token}'`),
    );
    const of = (text: string) => answers({ addresses, texts: async (name) => (name === "_mxray-stress.mx.example.org" ? [text] : []) });
    expect(await checkedAddress(publicHost, OPEN, secret, of(token))).toBe("8.8.8.8");
    await expect(checkedAddress(publicHost, OPEN, secret, of(proofToken({ host: "mx.example.com" }, secret)))).rejects.toThrow(
      /no TXT record/,
    );
    await expect(checkedAddress(publicHost, OPEN, "another secret", of(token))).rejects.toThrow(/no TXT record/);
    await expect(checkedAddress(target("8.8.8.8 rcpt-domain=a.test public=dns"), OPEN, secret, of(token))).rejects.toThrow(
      /Use public=greeting/,
    );
  });

  it("needs the operator's proof in the greeting", async () => {
    const publicHost = target("mx.example.org rcpt-domain=example.org public=greeting");
    const addresses = async () => ["8.8.8.8"];
    await expect(checkedAddress(publicHost, OPEN, secret, answers({ addresses }))).rejects.toThrow(
      /greeting of mx.example.org does not contain/,
    );
    const greeting = async () => `220 mx.example.org ${proofToken(publicHost, secret)}\r\n`;
    expect(await checkedAddress(publicHost, OPEN, secret, answers({ addresses, greeting }))).toBe("8.8.8.8");
  });

  it("has a secret that is made once and kept to its owner", () => {
    const path = fileWith("");
    const made = installationSecret(path);
    expect(installationSecret(path)).toBe(made);
    expect(made).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a load that is allowed", () => {
  const ours = target("relay1.example.test rcpt-domain=example.test");
  const allowed = (request: Parameters<typeof allowedLoad>[0]) => allowedLoad(request, ours, "mxray-stress.example.test");

  it("has defaults", () => {
    expect(allowed({})).toMatchObject({ sessions: 10, messages: 1000, seconds: null, recipients: ["mxray-stress@example.test"] });
    expect(allowed({ seconds: 60 })).toMatchObject({ messages: null, seconds: 60 });
  });

  it.each([
    [{ sessions: 1001 }, /sessions must be from 1 to 1,000, not 1,001/],
    [{ sessions: Number.NaN }, /sessions must be/],
    [{ messages: 1e9 }, /messages must be/],
    [{ seconds: 1e9 }, /seconds must be/],
    [{ rate: 1e9 }, /rate must be/],
    [{ size: { least: 1, most: 10 } }, /size must be from 600/],
    [{ size: { least: 5000, most: 1000 } }, /size must be/],
    [{ ramp: 10 }, /need a rate/],
    [{ rate: 1, steps: 2, spike: 2 }, /exclude each other/],
    [{ recipients: ["a@example.org"] }, /'a@example.org' is not in example.test/],
    [{ recipients: ["a@example.test", "b@sub.example.test"] }, /'b@sub.example.test'/],
    [{ recipients: ["a@example.test>\r\nRCPT TO:<b@example.org"] }, /is not in example.test/],
    [{ recipients: ["@example.org:a@example.test"] }, /is not in example.test/],
    [{ recipients: ["a%example.org@example.test "] }, /is not in example.test/],
    [{ recipients: [] }, /1 to 100 recipients/],
    [{ from: "a b@example.test" }, /no sender address/],
    [{ helo: "x\r\nMAIL FROM:<>" }, /name for HELO begins with/],
  ])("is not %j", (request, message) => {
    expect(() => allowed(request)).toThrow(message);
  });
});

describe("runs", () => {
  it("are made one at a time, and a dead one holds up nobody", () => {
    const path = fileWith("");
    const unlock = lockRuns(path);
    expect(() => lockRuns(path)).toThrow(/Another stress test is running here/);
    unlock();
    lockRuns(path)();
    writeFileSync(`${path}.lock`, "999999999\n");
    lockRuns(path)();
  });

  it("leave a line each, or are not made", () => {
    const path = fileWith("");
    recordRun(path, { run: "s1", by: "tester" });
    recordRun(path, { run: "s2", by: "tester" });
    expect(readFileSync(`${path}.runs`, "utf8").split("\n")[1]).toBe('{"run":"s2","by":"tester"}');
    expect(() => recordRun(join(folder, "missing", "targets"), {})).toThrow(/every run is recorded there/);
  });
});
