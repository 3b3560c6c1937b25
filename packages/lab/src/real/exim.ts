/**
 * A real Exim in a node of the network, with its default limits: unpacked beside the system, never installed (it conflicts
 * with Postfix), see scripts/unpack-exim.sh. It accepts any recipient and discards what it accepts, or sends it on. Needs root.
 *
 * Debian's build looks up the user `Debian-exim`, whom a machine without Exim does not have: within the process's own mount
 * namespace /etc/passwd and /etc/group have that line more.
 */
import { access, chown, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NetworkNode } from "../kernel/node.ts";
import { certificateBundle } from "../mail-host/certificate.ts";
import type { MailHostCertificate } from "../mail-host/script.ts";
import { AVAILABLE, type Availability, unavailable } from "./availability.ts";
import { type MailServer, mailServerDirectory, mailServerReady } from "./mail-server.ts";

export interface EximOptions {
  /** Main configuration options, over the lab's own. */
  readonly config?: Readonly<Record<string, string>>;
  /** Default 25. */
  readonly port?: number;
  /** Default an ordinary one. */
  readonly tls?: MailHostCertificate;
  /** Sends all mail on to this address instead of discarding it, with these options of the smtp transport. */
  readonly sendsTo?: { readonly address: string; readonly options?: Readonly<Record<string, string>> };
  /** Where it was unpacked; default `.cache/exim` in the repository. */
  readonly unpackedAt?: string;
}

const CACHE = fileURLToPath(new URL("../../../../.cache/exim", import.meta.url));
/** A user id that no account of the machine has any business with. */
const UID = 64_025;

/** The script that fetches Exim, and the directory that this module looks for it in by default: `sh SCRIPT DIRECTORY`. */
export const eximUnpacking = {
  script: fileURLToPath(new URL("../../scripts/unpack-exim.sh", import.meta.url)),
  directory: CACHE,
} as const;

export async function eximAvailability(unpackedAt: string = CACHE): Promise<Availability> {
  if (process.getuid?.() !== 0) return unavailable("Exim is started as root here.", "Run it as root.");
  const present = await access(programAt(unpackedAt)).then(
    () => true,
    () => false,
  );
  return present ? AVAILABLE : unavailable("Exim has not been unpacked.", `sh ${eximUnpacking.script} ${unpackedAt}`);
}

export async function startExim(node: NetworkNode, options: EximOptions = {}): Promise<MailServer & { readonly logFile: string }> {
  const unpackedAt = options.unpackedAt ?? CACHE;
  const directory = await mailServerDirectory("exim");
  for (const name of ["spool", "log"]) {
    await mkdir(join(directory, name));
    await chown(join(directory, name), UID, UID);
  }
  const { cert, key } = certificateBundle(options.tls ?? {});
  await writeFile(join(directory, "cert.pem"), cert);
  await writeFile(join(directory, "key.pem"), key, { mode: 0o600 });
  await chown(join(directory, "key.pem"), UID, UID);
  await writeFile(join(directory, "passwd"), `${await readFile("/etc/passwd", "utf8")}Debian-exim:x:${UID}:${UID}::/:/bin/false\n`);
  await writeFile(join(directory, "group"), `${await readFile("/etc/group", "utf8")}Debian-exim:x:${UID}:\n`);
  const port = options.port ?? 25;
  await writeFile(join(directory, "exim.conf"), configuration(directory, port, programAt(unpackedAt), options));

  const prepare = 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"';
  const args = ["--mount", "sh", "-c", prepare, "sh", directory, programAt(unpackedAt), "-C", join(directory, "exim.conf"), "-bdf"];
  const child = node.spawn("unshare", args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { LD_LIBRARY_PATH: await libraryPath(unpackedAt) },
  });
  const logFile = join(directory, "log", "main");
  return { ...(await mailServerReady({ node, child, directory, port, logFile })), logFile };
}

function programAt(unpackedAt: string): string {
  return join(unpackedAt, "root", "usr", "sbin", "exim4");
}

async function libraryPath(unpackedAt: string): Promise<string> {
  const libraries = join(unpackedAt, "root", "usr", "lib");
  const names = await readdir(libraries).catch(() => []);
  return names
    .filter((name) => name.endsWith("-linux-gnu"))
    .map((name) => join(libraries, name))
    .join(":");
}

function configuration(directory: string, port: number, program: string, { config, sendsTo }: EximOptions): string {
  const main: Record<string, string> = {
    primary_hostname: "mx.example.test",
    spool_directory: join(directory, "spool"),
    log_file_path: join(directory, "log", "%s"),
    pid_file_path: join(directory, "spool", "exim.pid"),
    // It executes itself to deliver.
    exim_path: program,
    keep_environment: "LD_LIBRARY_PATH",
    local_interfaces: "<; 0.0.0.0 ; ::0",
    daemon_smtp_ports: String(port),
    tls_certificate: join(directory, "cert.pem"),
    tls_privatekey: join(directory, "key.pem"),
    acl_smtp_rcpt: "accept_all",
    ...config,
  };
  return `${Object.entries(main)
    .map(([name, value]) => `${name} = ${value}`)
    .join("\n")}

begin acl
accept_all:
  accept

begin routers
${sendsTo === undefined ? "all:\n  driver = accept\n  transport = nowhere" : routerTo(sendsTo.address)}

begin transports
onwards:
  driver = smtp
${Object.entries(sendsTo?.options ?? {})
  .map(([name, value]) => `  ${name} = ${value}\n`)
  .join("")}
nowhere:
  driver = appendfile
  file = /dev/null
  user = Debian-exim

begin retry
* * F,1h,5m
`;
}

function routerTo(address: string): string {
  return `all:\n  driver = manualroute\n  transport = onwards\n  route_list = * ${address} byname`;
}
