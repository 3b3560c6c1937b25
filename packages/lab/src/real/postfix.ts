/**
 * A real Postfix in a node of the network, with its default limits: own configuration, queue and data directories in a
 * temporary place, so the machine's /etc/postfix and /var/spool/postfix are neither read nor written (but for the list of its
 * own files). It accepts any recipient and discards what it accepts. Needs root, since Postfix works under several user ids.
 */
import { access, chmod, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NetworkNode } from "../kernel/node.ts";
import { certificateBundle } from "../mail-host/certificate.ts";
import type { MailHostCertificate } from "../mail-host/script.ts";
import { AVAILABLE, type Availability, unavailable } from "./availability.ts";
import { type MailServer, mailServerDirectory, mailServerReady } from "./mail-server.ts";

export interface PostfixOptions {
  /** Lines for main.cf by parameter, over the lab's own. */
  readonly config?: Readonly<Record<string, string>>;
  /** Lines added to master.cf. */
  readonly services?: readonly string[];
  /** Default 25. */
  readonly port?: number;
  /** A command that starts it, such as `prlimit --nofile=64`, with its arguments. */
  readonly under?: readonly string[];
  /** The folder in which all its files are; default that for temporary files. */
  readonly folder?: string;
  /** Offers STARTTLS with this certificate; null offers none. Default an ordinary one. */
  readonly tls?: MailHostCertificate | null;
}

export interface Postfix extends MailServer {
  /** The configuration directory, for `postqueue -c` and the like. */
  readonly configDirectory: string;
  /** Where it logs, to be read by something else. */
  readonly logFile: string;
}

const DAEMONS = "/usr/lib/postfix/sbin";

export async function postfixAvailability(): Promise<Availability> {
  if (process.getuid?.() !== 0) return unavailable("Postfix works under several user ids, so it needs root.", "Run it as root.");
  const present = await access(`${DAEMONS}/master`).then(
    () => true,
    () => false,
  );
  if (present) return AVAILABLE;
  return unavailable(
    "Postfix is not installed.",
    "apt-get install postfix (choose 'No configuration'; not where another mail server is installed, which would be removed)",
  );
}

export async function startPostfix(node: NetworkNode, options: PostfixOptions = {}): Promise<Postfix> {
  const directory = await mailServerDirectory("postfix", options.folder);
  const paths = {
    config: join(directory, "etc"),
    queue: join(directory, "spool"),
    data: join(directory, "data"),
    log: join(directory, "log", "mail.log"),
  };
  const owner = await accountOf("postfix");
  await mkdir(paths.config);
  await mkdir(join(directory, "log"));
  await makeQueue(paths.queue, owner);
  await mkdir(paths.data, { mode: 0o700 });
  await chown(paths.data, owner.uid, owner.gid);
  await chmod(paths.data, 0o700);

  const main: Record<string, string> = {
    compatibility_level: "3.6",
    queue_directory: paths.queue,
    data_directory: paths.data,
    command_directory: "/usr/sbin",
    daemon_directory: DAEMONS,
    maillog_file: paths.log,
    maillog_file_prefixes: directory,
    myhostname: "mx.example.test",
    mydestination: "",
    inet_interfaces: "all",
    inet_protocols: "all",
    alias_maps: "",
    alias_database: "",
    default_transport: "discard:",
    relay_transport: "discard:",
    // Not by `mynetworks`, which would lift the limits on clients too.
    smtpd_relay_restrictions: "check_recipient_access static:OK, reject",
  };
  if (options.tls !== null) {
    const { cert, key } = certificateBundle(options.tls ?? {});
    await writeFile(join(paths.config, "cert.pem"), cert);
    await writeFile(join(paths.config, "key.pem"), key, { mode: 0o600 });
    main.smtpd_tls_security_level = "may";
    main.smtpd_tls_cert_file = join(paths.config, "cert.pem");
    main.smtpd_tls_key_file = join(paths.config, "key.pem");
  }
  Object.assign(main, options.config);
  const port = options.port ?? 25;
  await writeFile(
    join(paths.config, "main.cf"),
    Object.entries(main)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(""),
  );
  await writeFile(join(paths.config, "master.cf"), `${masterCf(port)}${(options.services ?? []).join("\n")}\n`);

  // The master itself, not `postfix start`: that checks an installation, which takes two seconds.
  const master = [`${DAEMONS}/master`, "-d", "-c", paths.config];
  const [command = "", ...args] = [...(options.under ?? []), ...master];
  const child = node.spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { MAIL_CONFIG: paths.config },
  });
  const server = await mailServerReady({ node, child, directory, port, logFile: paths.log });
  return { ...server, configDirectory: paths.config, logFile: paths.log };
}

/** What `postfix check` would make, with the owners and modes of Postfix's own list of files. */
async function makeQueue(queue: string, owner: Account): Promise<void> {
  const postdrop = await accountOf("postdrop", "/etc/group");
  await mkdir(queue);
  const own = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"];
  for (const name of [...own, "maildrop", "public", "pid"]) {
    const path = join(queue, name);
    await mkdir(path);
    if (name === "pid") continue;
    await chown(path, owner.uid, own.includes(name) ? owner.gid : postdrop.gid);
    await chmod(path, name === "maildrop" ? 0o1730 : name === "public" ? 0o2710 : 0o700);
  }
}

/** The services of Debian's own master.cf, none of them in a chroot: that would need files copied into the queue directory. */
function masterCf(port: number): string {
  const services = [
    [port, "inet", "n", "-", "smtpd"],
    ["postlog", "unix-dgram", "n", "1", "postlogd"],
    ["pickup", "unix", "n", "1", "pickup", "60"],
    ["cleanup", "unix", "n", "0", "cleanup"],
    ["qmgr", "unix", "n", "1", "qmgr", "300"],
    ["tlsmgr", "unix", "-", "1", "tlsmgr", "1000?"],
    ["rewrite", "unix", "-", "-", "trivial-rewrite"],
    ["bounce", "unix", "-", "0", "bounce"],
    ["defer", "unix", "-", "0", "bounce"],
    ["trace", "unix", "-", "0", "bounce"],
    ["verify", "unix", "-", "1", "verify"],
    ["flush", "unix", "n", "0", "flush", "1000?"],
    ["proxymap", "unix", "-", "-", "proxymap"],
    ["proxywrite", "unix", "-", "1", "proxymap"],
    ["smtp", "unix", "-", "-", "smtp"],
    ["relay", "unix", "-", "-", "smtp"],
    ["showq", "unix", "n", "-", "showq"],
    ["error", "unix", "-", "-", "error"],
    ["retry", "unix", "-", "-", "error"],
    ["discard", "unix", "-", "-", "discard"],
    ["local", "unix", "-", "-", "local"],
    ["lmtp", "unix", "-", "-", "lmtp"],
    ["anvil", "unix", "-", "1", "anvil"],
    ["scache", "unix", "-", "1", "scache"],
  ] as const;
  // service type private unpriv chroot wakeup maxproc command; local delivery alone needs its privileges.
  return services
    .map(([name, type, isPrivate, processes, command, wakeup = "-"]) => {
      const unprivileged = command === "local" ? "n" : "-";
      return `${name} ${type} ${isPrivate} ${unprivileged} n ${wakeup} ${processes} ${command}\n`;
    })
    .join("");
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** From /etc/passwd; from /etc/group, where it is a group's id twice. */
async function accountOf(name: string, file = "/etc/passwd"): Promise<Account> {
  const line = (await readFile(file, "utf8")).split("\n").find((each) => each.startsWith(`${name}:`));
  const [, , id, gid] = (line ?? "").split(":").map(Number);
  if (id === undefined) throw new Error(`${file} does not know ${name}`);
  return { uid: id, gid: file === "/etc/passwd" ? (gid ?? id) : id };
}
