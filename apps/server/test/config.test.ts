/** Bad configuration: every setting that is wrong is named at once, with its value and what it takes. */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../src/config/config.ts";

const SIGN_ON = {
  MXRAY_OIDC_ISSUER: "https://login.example.com/realms/it",
  MXRAY_OIDC_CLIENT_ID: "mxray",
  MXRAY_OIDC_CLIENT_SECRET: "sEcReT",
  MXRAY_OIDC_ROLES: "mail-admins=admin; cn=noc,ou=groups=operator; *=viewer",
};
const linesOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
};

describe("configuration", () => {
  it("that is wrong in several places names all of them", () => {
    const wrong = {
      MXRAY_HOST: "two words",
      MXRAY_PORT: "99999",
      MXRAY_PUBLIC_URL: "mxray.example.com/x",
      MXRAY_TRUSTED_PROXIES: "proxy",
      MXRAY_RESOLVER: "dns.example.com",
      MXRAY_OWNER_ZONES: "one.example",
      MXRAY_CONTROL_HOSTS: "-bad-",
      MXRAY_CONCURRENCY: "0",
      MXRAY_QUEUE_LIMIT: "many",
      MXRAY_PACE_SECONDS: "-1",
      MXRAY_LOGS: "mail.log",
      MXRAY_LOG_FOLDERS: "logs",
      MXRAY_SERVER_NAME: "two words",
      MXRAY_LOG: "loud",
      MXRAY_ALLOW_TARGETS: "10/8",
      MXRAY_ALLOW_PORTS: "70000",
      MXRAY_DO_NOT_PROBE: "a/b",
      MXRAY_HELO: "two words",
      MXRAY_CONTACT: "größer",
      MXRAY_LOG_PROBING: "maybe",
      MXRAY_LOG_DAYS: "0",
      MXRAY_LOG_EVENT_DAYS: "401",
      MXRAY_WATCH_MINUTES: "1441",
      MXRAY_MOST_MONITORS: "0",
      MXRAY_PROBE_DAYS: "never",
      MXRAY_AUDIT_DAYS: "3651",
      MXRAY_OIDC_ISSUER: "http://login.example.com",
    };
    const lines = linesOf(wrong);
    for (const [variable, value] of Object.entries(wrong)) {
      const line = lines.find((text) => new RegExp(`\\b${variable}\\b`).test(text)) ?? "";
      expect([variable, line]).toEqual([variable, expect.stringContaining(value)]);
    }
    // And what is missing beside the issuer.
    expect(lines).toHaveLength(Object.keys(wrong).length + 3);
  });
});

it("that the manual lists is checked, each of it", async () => {
  const manual = await readFile(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
  // Any text is a path; the parts of single sign-on are below.
  const listed = new Set(
    (manual.match(/`MXRAY_[A-Z_]+`/g) ?? [])
      .map((name) => name.slice(1, -1))
      .filter((name) => !/_DATA$|_OIDC_|_STRESS_TARGETS$/.test(name)),
  );
  expect(listed.size).toBeGreaterThan(20);
  const test = await readFile(new URL("config.test.ts", import.meta.url), "utf8");
  expect([...listed].filter((name) => !test.includes(`${name}: "`))).toEqual([]);
});

it("that holds a list names every part that is wrong", () => {
  expect(linesOf({ MXRAY_ALLOW_PORTS: "26, x 70000", MXRAY_LOGS: "/var/log/mail.log,mail.log,./x" })).toEqual([
    "MXRAY_LOGS takes absolute paths, 'journal', 'journal:UNIT' or '-', separated by commas, not 'mail.log', './x'.",
    "MXRAY_ALLOW_PORTS takes port numbers from 1 to 65535, separated by commas or blanks, not 'x', '70000'.",
  ]);
  for (const MXRAY_HOST of ["localhost", "0.0.0.0", "::", "::1", "mxray.example.com"]) expect(linesOf({ MXRAY_HOST })).toEqual([]);
});

describe("single sign-on", () => {
  it("is off by default, and takes an issuer, a client and roles of groups", async () => {
    expect(readConfig({}).signOn).toBeNull();
    const { signOn } = readConfig(SIGN_ON);
    expect(signOn).toMatchObject({ clientId: "mxray", clientSecret: "sEcReT", scope: "openid profile email", groupsClaim: "groups" });
    expect([...(signOn?.roles ?? [])]).toEqual([
      ["mail-admins", "admin"],
      ["cn=noc,ou=groups", "operator"],
      ["*", "viewer"],
    ]);
    const file = join(await mkdtemp(join(tmpdir(), "mxray-secret-")), "secret");
    await writeFile(file, "from a file\n");
    expect(readConfig({ ...SIGN_ON, MXRAY_OIDC_CLIENT_SECRET: `file:${file}` }).signOn?.clientSecret).toBe("from a file");
    expect(readConfig({ ...SIGN_ON, MXRAY_OIDC_ISSUER: "http://127.0.0.1:8080" }).signOn?.issuer.port).toBe("8080");
  });

  it.each([
    [{ MXRAY_OIDC_ISSUER: "login.example.com" }, /^MXRAY_OIDC_ISSUER takes .*not 'login\.example\.com'\.$/],
    [{ MXRAY_OIDC_ISSUER: "https://login.example.com/?x=1" }, /^MXRAY_OIDC_ISSUER takes /],
    [{ MXRAY_OIDC_CLIENT_SECRET: "" }, /^MXRAY_OIDC_CLIENT_SECRET is missing/],
    [{ MXRAY_OIDC_CLIENT_SECRET: "file:secret" }, /^MXRAY_OIDC_CLIENT_SECRET takes .*absolute path/],
    [{ MXRAY_OIDC_CLIENT_SECRET: "file:/nonexistent/secret" }, /can read \(ENOENT\)/],
    [{ MXRAY_OIDC_SCOPE: "profile" }, /^MXRAY_OIDC_SCOPE takes .*'openid' among them/],
    [{ MXRAY_OIDC_ROLES: "admins=root" }, /^MXRAY_OIDC_ROLES takes GROUP=ROLE.*viewer, operator or admin.*not 'admins=root'/],
    [{ MXRAY_OIDC_ROLES: "=admin" }, /^MXRAY_OIDC_ROLES takes /],
    [{ MXRAY_OIDC_ROLES: ";" }, /at least one GROUP=ROLE pair/],
  ])("with %o stops the start", (change, sentence) => {
    const lines = linesOf({ ...SIGN_ON, ...change });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(sentence);
    expect(lines[0]).not.toContain("sEcReT");
  });
});
