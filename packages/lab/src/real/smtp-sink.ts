/**
 * `smtp-sink`, the test server that comes with Postfix, in a node of the network. Runs without root too: it insists on leaving
 * root, which the mapped root of a user namespace cannot, so there it starts in a namespace of its own as nobody special.
 */
import { access } from "node:fs/promises";
import type { NetworkNode } from "../kernel/node.ts";
import { AVAILABLE, type Availability, unavailable } from "./availability.ts";
import { type MailServer, mailServerReady } from "./mail-server.ts";

const PROGRAM = "/usr/sbin/smtp-sink";

export interface SmtpSinkOptions {
  /** Its own options, such as `-P` for the greeting of a PIX. */
  readonly options?: readonly string[];
  /** Default the node's first IPv4 address. */
  readonly host?: string;
  /** Default 25. */
  readonly port?: number;
}

export async function smtpSinkAvailability(): Promise<Availability> {
  const present = await access(PROGRAM).then(
    () => true,
    () => false,
  );
  if (present) return AVAILABLE;
  return unavailable(
    "smtp-sink is not installed; it comes with Postfix.",
    "apt-get install postfix (not where another mail server is installed)",
  );
}

export async function startSmtpSink(node: NetworkNode, options: SmtpSinkOptions = {}): Promise<MailServer> {
  const port = options.port ?? 25;
  const host = options.host ?? node.address.v4;
  const listen = host.includes(":") ? `inet:[${host}]:${port}` : `inet:${host}:${port}`;
  const program = [PROGRAM, "-v", ...(options.options ?? []), listen, "100"];
  const [command = "", ...args] =
    node.mode === "root" ? [PROGRAM, "-u", "nobody", ...program.slice(1)] : ["unshare", "--user", "--map-user=1000", ...program];
  return mailServerReady({ node, child: node.spawn(command, args), directory: null, host, port });
}
