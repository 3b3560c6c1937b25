/**
 * The commands for mail programs, read by those programs: Postfix's `postconf` changes a configuration of its own with them,
 * and Exim reads one that holds them. And every shell command of the playbook is read by a shell, without being run.
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Platform } from "@mxray/contracts";
import { eximAvailability, eximUnpacking, postfixAvailability } from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLAYBOOK, type RemedyFacts } from "../src/index.ts";
import { pasteLines } from "./paste.ts";

const run = promisify(execFile);
const postfix = await postfixAvailability();
const exim = await eximAvailability();
if (!postfix.ok) console.log(`Postfix does not read its commands: ${postfix.reason} ${postfix.remedy}`);
if (!exim.ok) console.log(`Exim does not read its options: ${exim.reason} ${exim.remedy}`);

const FACTS = {
  4: { family: 4, mailHostName: "mx1.example.net", mailHostAddress: "203.0.113.25", senderAddress: "192.0.2.10", port: 25, mtu: 1400 },
  6: { family: 6, mailHostName: "mx1.example.net", mailHostAddress: "2001:db8::25", senderAddress: "2001:db8::10", port: 25, mtu: 1400 },
} as const satisfies Record<4 | 6, Partial<RemedyFacts>>;
const FAMILIES = [4, 6] as const;
const ASKED = {
  domain: "example.net",
  "relay-host": "relay.example.org",
  user: "user",
  password: "secret",
  recipient: "somebody@example.net",
  "name-server": "192.0.2.53",
  "queue-id": "4XyZ12abcz",
  "message-id": "1rABCD-000001-AB",
  interface: "eth0",
  gateway: "192.0.2.1",
  chain: "input",
  handle: "7",
  ppa: "0",
  "files-limit": "2000000",
  "process-files-limit": "65536",
  "tasks-limit": "65536",
  "conntrack-limit": "524288",
};

/** The entries of these platforms, once per family. */
const entriesOf = (...platforms: Platform[]) =>
  FAMILIES.flatMap((family) =>
    PLAYBOOK.filter((entry) => platforms.includes(entry.platform))
      .filter((entry) => pasteLines(entry, "steps", FACTS[family], ASKED).length > 0)
      .map((entry) => [entry.id, family, entry] as const),
  );

describe.skipIf(!postfix.ok)("Postfix", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "mxray-postconf-"));
    await writeFile(join(directory, "master.before"), "smtp inet n - n - - smtpd\nsmtp unix - - n - - smtp\nlmtp unix - - n - - lmtp\n");
    await writeFile(join(directory, "main.before"), "compatibility_level = 3.6\n");
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));
  const restore = async () => {
    for (const name of ["main", "master"]) await cp(join(directory, `${name}.before`), join(directory, `${name}.cf`));
    await settle();
  };
  /** Postfix waits until a file that it reads has been left alone for a second. */
  const settle = async () => {
    const earlier = new Date(Date.now() - 60_000);
    for (const name of await readdir(directory)) await utimes(join(directory, name), earlier, earlier);
  };
  /** In a directory of our own; with the maps that the remedies make. */
  const shell = async (line: string) => {
    const here = line.replaceAll("/etc/postfix", directory).replace(/\b(postconf|postmap)(?= )/g, `$1 -c ${directory}`);
    await run("sh", ["-c", here], { env: { ...process.env, MAIL_CONFIG: directory } });
    await settle();
  };
  const settings = async () => {
    const { stdout, stderr } = await run("postconf", ["-c", directory, "-n"]);
    const services = await run("postconf", ["-c", directory, "-Mf"]);
    return { text: `${stdout}${services.stdout}`, complaints: `${stderr}${services.stderr}` };
  };

  const changing = entriesOf("postfix").filter(([, family, entry]) =>
    pasteLines(entry, "steps", FACTS[family], ASKED).some((line) => CHANGES.test(line)),
  );
  test.each(changing)("%s, IPv%d: postconf knows each parameter, and the undoing leaves nothing", async (_id, family, entry) => {
    await restore();
    const before = await settings();
    const lines = (field: "steps" | "undo") =>
      pasteLines(entry, field, FACTS[family], ASKED).filter((line) => /^(postconf|postmap|echo|chmod|rm) /.test(line));
    for (const line of lines("steps")) await shell(line);
    const after = await settings();
    expect(after.complaints, "unused parameters, maps that cannot be read").toBe("");
    expect(after.text).not.toBe(before.text);
    // A map must be readable by the program, with the peer in it.
    const maps = [...after.text.matchAll(/= (cidr:\S+)$/gm)].map(([, map]) => map ?? "");
    for (const map of maps) {
      const { stdout } = await run("postmap", ["-c", directory, "-q", FACTS[family].mailHostAddress, map]);
      expect(stdout).toMatch(/^(disable_esmtp|starttls|pipelining)/);
    }
    for (const line of lines("undo")) await shell(line);
    expect(await settings()).toEqual(before);
  });

  test.each([
    ["postfix-error-limits", /^smtpd_/],
    ["postfix-client-limits", /^smtpd_client_.*_limit$|^anvil/],
    ["postfix-retry-schedule", /backoff|queue_run/],
    ["postfix-junk-command-limit", /junk/],
  ])("%s: what it calls defaults are Postfix's defaults", async (id, which) => {
    const entry = PLAYBOOK.find((each) => each.id === id);
    const set = entry && pasteLines(entry, "steps", FACTS[4], ASKED).flatMap((line) => [...line.matchAll(/'([a-z0-9_]+) = ([^']*)'/g)]);
    const checked = set?.filter(([, name = ""]) => which.test(name)) ?? [];
    expect(checked.length).toBeGreaterThan(0);
    for (const [, name = "", value] of checked) {
      const { stdout } = await run("postconf", ["-c", directory, "-dh", name]);
      expect(stdout.trim(), name).toBe(value);
    }
  });
});

/** A line that changes the configuration. */
const CHANGES = /^postconf -(e|M|P) /;

describe.skipIf(!exim.ok)("Exim", () => {
  const program = join(eximUnpacking.directory, "root", "usr", "sbin", "exim4");
  let directory: string;
  let libraries = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "mxray-exim-"));
    const lib = join(eximUnpacking.directory, "root", "usr", "lib");
    libraries = (await readdir(lib))
      .filter((name) => name.endsWith("-linux-gnu"))
      .map((name) => join(lib, name))
      .join(":");
    // The user that Debian's build looks up.
    await writeFile(join(directory, "passwd"), `${await readFile("/etc/passwd", "utf8")}Debian-exim:x:64025:64025::/:/bin/false\n`);
    await writeFile(join(directory, "group"), `${await readFile("/etc/group", "utf8")}Debian-exim:x:64025:\n`);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const exec = (args: readonly string[]) => {
    const prepare = 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"';
    const config = join(directory, "exim.conf");
    return run("unshare", ["--mount", "sh", "-c", prepare, "sh", directory, program, "-C", config, ...args], {
      env: { ...process.env, LD_LIBRARY_PATH: libraries },
    });
  };
  const configure = (transport: readonly string[], retry: readonly string[]) =>
    writeFile(
      join(directory, "exim.conf"),
      `primary_hostname = mx.example.test\nspool_directory = ${directory}\nkeep_environment = LD_LIBRARY_PATH\n
begin routers\nall:\n  driver = dnslookup\n  transport = remote\n
begin transports\nremote:\n  driver = smtp\n${transport.map((line) => `  ${line}\n`).join("")}
begin retry\n${retry.join("\n")}\n`,
    );

  test.each(entriesOf("exim"))("%s, IPv%d: Exim reads its options", async (_id, family, entry) => {
    const lines = pasteLines(entry, "steps", FACTS[family], ASKED);
    const options = lines.filter((line) => /^[a-z_]+ = /.test(line));
    const rules = pasteLines({ ...entry, steps: String(entry.steps).replace(/^\* \*/gm, "%%") }, "steps", FACTS[family], ASKED)
      .filter((line) => line.startsWith("%%"))
      .map((line) => line.replace("%%", "* *"));
    await configure(options, rules);
    if (options.length + rules.length > 0) {
      await exec(["-bV"]);
      const { stdout } = await exec(["-bP", "transport", "remote"]);
      for (const option of options) expect(stdout).toContain(option);
    }
    // A misspelt option is refused, so the above proves something.
    await configure([...options, "hosts_avoid_nothing = *"], rules);
    await expect(exec(["-bV"])).rejects.toThrow(/hosts_avoid_nothing/);
  });

  test.each(FAMILIES)("a host list with an address of IPv%d matches that address", async (family) => {
    const entry = PLAYBOOK.find(({ id }) => id === "exim-hosts-avoid-esmtp");
    const [option] = entry ? pasteLines(entry, "steps", FACTS[family], ASKED) : [];
    const list = /= (.*)$/.exec(option ?? "")?.[1] ?? "";
    await configure([], []);
    const match = async (address: string) => (await exec(["-be", `\${if match_ip{${address}}{${list}}{yes}{no}}`])).stdout.trim();
    expect(await match(FACTS[family].mailHostAddress)).toBe("yes");
    expect(await match("192.0.2.99")).toBe("no");
  });
});

/** Typed into a Unix shell. */
const SHELLS = [
  ...(["postfix", "exim", "sendmail", "linux", "nftables", "iptables"] as const),
  ...(["freebsd", "openbsd", "netbsd", "macos", "solaris", "illumos", "aix", "hp-ux"] as const),
] as const;

describe("a shell reads every command", () => {
  /** Lines of configuration files among the commands. */
  const noCommand = /^\s*(?:hosts_avoid_|ignore_target_hosts|malware |spam |INPUT_MAIL_FILTER|define|max_rcpt|kern\.|\* )/;
  test.each(entriesOf(...SHELLS))("%s, IPv%d", async (_id, family, entry) => {
    for (const field of ["steps", "undo"] as const) {
      const script = pasteLines(entry, field, FACTS[family], ASKED)
        .filter((line) => !noCommand.test(line))
        .join("\n");
      expect(script, "all that is asked for is known here").not.toMatch(/<[A-Z]/);
      await run("sh", ["-n", "-c", script]);
    }
  });
});
