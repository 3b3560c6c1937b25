/**
 * Debian packages that the tests lack, installed where that does no harm: as root, on Debian or a relative, asking first on a
 * terminal; never a mail server where another one is installed (that would remove it), and never with a service started.
 * Exim and Prometheus are unpacked beside the system. A process of its own, which the rest of the set-up does not wait for.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { root } from "./setup.mjs";

/** A command that a test needs, and the package that has it. */
const NEEDED = [
  ["chromium", "chromium"],
  ["nft", "nftables"],
  ["ip", "iproute2"],
  ["setpriv", "util-linux"],
  ["sysctl", "procps"],
  ["openssl", "openssl"],
  ["ping", "iputils-ping"],
  ["tcpdump", "tcpdump"],
  ["iptables", "iptables"],
  ["faketime", "faketime"],
  ["pdftotext", "poppler-utils"],
];
const POLICY = "/usr/sbin/policy-rc.d";
const EXIM = join(root, ".cache", "exim");
const PROMETHEUS = join(root, ".cache", "prometheus");
/** Debian has its programs here, and not on the path. */
const POSTGRES = "/usr/lib/postgresql";
const PROMETHEUS_PACKAGES = ["prometheus", "prometheus-alertmanager"];
const UNPACK_EXIM = join(root, "packages", "lab", "scripts", "unpack-exim.sh");

process.send?.(await ensureSystemPackages());

/** Installs what is missing and gives sentences about what stays missing. */
async function ensureSystemPackages() {
  const notes = [];
  const packages = [...new Set(NEEDED.filter(([command]) => !onPath(command)).map(([, name]) => name))];
  if (!existsSync(POSTGRES)) packages.push("postgresql");
  if (!onPath("postfix")) {
    const other = otherMailServer();
    if (other === null) packages.push("postfix");
    else notes.push(`Tests with a real Postfix are skipped: ${other} is installed here, and installing Postfix would remove it.`);
  }
  const wantsExim = !existsSync(join(EXIM, "root"));
  const wantsPrometheus = !onPath("promtool") && !existsSync(join(PROMETHEUS, "root", "usr", "bin", "promtool"));
  if (packages.length === 0 && !wantsExim && !wantsPrometheus) return notes;

  const command = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  if (process.getuid?.() !== 0 || !onPath("apt-get")) {
    if (packages.length > 0) notes.push(`Some tests are skipped: ${packages.join(", ")} missing. As root on Debian: ${command}`);
    if (wantsExim) notes.push(`Tests with a real Exim are skipped. As root on Debian: sh ${UNPACK_EXIM} ${EXIM}`);
    if (wantsPrometheus) notes.push(`Tests with a real Prometheus are skipped: ${PROMETHEUS_PACKAGES.join(", ")} missing.`);
    return notes;
  }
  const agreed = packages.length === 0 || (await agrees(packages));
  if (agreed) run("apt-get", ["update", "-qq"]);
  if (packages.length > 0) {
    if (!agreed) notes.push(`Some tests are skipped: ${packages.join(", ")} missing. To install them: ${command}`);
    else if (!install(packages)) notes.push(`Some tests are skipped: '${command}' failed; its message is above.`);
  }
  if (wantsExim && run("sh", [UNPACK_EXIM, EXIM]) !== 0)
    notes.push(`Tests with a real Exim are skipped: it could not be unpacked (sh ${UNPACK_EXIM} ${EXIM}).`);
  if (wantsPrometheus && !unpackPrometheus())
    notes.push(`Tests with a real Prometheus are skipped: ${PROMETHEUS_PACKAGES.join(", ")} could not be unpacked into ${PROMETHEUS}.`);
  return notes;
}

/** Its programs need the C library only: the packages' dependencies are for their web pages and services. */
function unpackPrometheus() {
  mkdirSync(PROMETHEUS, { recursive: true });
  if (run("apt-get", ["download", "-qq", "-o", "APT::Sandbox::User=", ...PROMETHEUS_PACKAGES], PROMETHEUS) !== 0) return false;
  const files = readdirSync(PROMETHEUS).filter((name) => name.endsWith(".deb"));
  const unpacked = files.every((name) => run("dpkg-deb", ["-x", name, "root"], PROMETHEUS) === 0);
  for (const name of files) rmSync(join(PROMETHEUS, name));
  return unpacked;
}

async function agrees(packages) {
  if (!process.stdin.isTTY || process.env.CI) return true;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question(`The tests need ${packages.join(", ")}. Install now, with no service started? [y/N] `);
  lines.close();
  return /^y/i.test(answer.trim());
}

function install(packages) {
  const mine = !existsSync(POLICY);
  // Debian asks this program whether a service may start: 101 says no.
  if (mine) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const remove = () => {
    if (mine) rmSync(POLICY, { force: true });
  };
  const stop = () => {
    remove();
    process.exit(130);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    if (packages.includes("postfix")) {
      spawnSync("debconf-set-selections", { input: "postfix postfix/main_mailer_type select No configuration\n" });
    }
    return run("apt-get", ["install", "-qq", "--yes", "--no-install-recommends", ...packages]) === 0;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    remove();
  }
}

function run(command, args, cwd = root) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"], env }).status;
}

/** The name of an installed mail server that is not Postfix, or null. */
function otherMailServer() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in
  const { stdout, status } = spawnSync("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Package} ${Provides}\n"], { encoding: "utf8" });
  const lines = status === 0 ? stdout.split("\n") : [];
  const line = lines.find(
    (one) => one.startsWith("installed ") && /\bmail-transport-agent\b/.test(one) && !one.startsWith("installed postfix "),
  );
  if (line !== undefined) return line.split(" ")[1];
  // One that no package put there is as good as any.
  const sendmail = ["/usr/sbin/sendmail", "/usr/lib/sendmail"].find((path) => existsSync(path));
  return sendmail ?? null;
}

function onPath(command) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => folder !== "" && existsSync(join(folder, command)));
}
