/** `mxray agent`: follows the logs of this machine into the store of a server elsewhere. */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { text as textOf } from "node:stream/consumers";
import {
  AgentEnd,
  checkKeeping,
  enrol,
  isLog,
  NO_POLICY,
  readIdentity,
  readPolicy,
  runAgent,
  ServerConnection,
  writeIdentity,
} from "@mxray/agent";
import { printable } from "@mxray/contracts";
import { HostSampler, QueueReader } from "@mxray/host";
import { faultOfWords } from "@mxray/maillog";
import { farWatcher, localProbeRunner, mailSocketReader } from "@mxray/probe";
import { parseCommandLine, UsageError } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { onStopSignal } from "./stop-signal.ts";
import { printLine, printMessage } from "./terminal.ts";
import { version } from "./version.ts";

const HELP = `Usage: mxray agent --server URL --token-file FILE|- [--logs LIST]   (the first time)
       mxray agent [--logs LIST]

Follows the mail logs of this machine and reports what they say to an mxray server. It connects to the server and opens no port.
The page Settings → Agents of the server makes a token, which works once and within 15 minutes.

  --server URL          of the server: https://mxray.example.org
  --token-file FILE     file that holds the token; - for standard input
  --ca FILE             certificates to trust in place of the usual ones, PEM
  --policy FILE         what this machine forbids, whatever the server asks for; the agent remembers it
  --logs LIST           logs to follow from now on: absolute paths, journal, journal:UNIT; separated by commas
  --data DIR            where the agent keeps its secret (default $MXRAY_DATA, else ./data)

$HTTPS_PROXY, $HTTP_PROXY and $NO_PROXY are honoured. docs/agents.md describes the rest.`;

const OPTIONS = {
  server: { type: "string" },
  "token-file": { type: "string" },
  ca: { type: "string" },
  logs: { type: "string" },
  policy: { type: "string" },
  data: { type: "string" },
} as const;

export async function agentCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("agent", args, OPTIONS);
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  const { server, "token-file": tokenFile, ca } = values;
  if (positionals.length > 0)
    throw new UsageError(`mxray agent takes no '${printable(positionals[0] ?? "", 100)}'; 'mxray agent --help' lists the options.`);
  if ((server === undefined) !== (tokenFile === undefined)) {
    throw new UsageError("mxray agent takes --server and --token-file together, the first time; afterwards neither.");
  }
  if (ca !== undefined && server === undefined) throw new UsageError("--ca goes with --server and --token-file; the agent remembers it.");
  const logs = values.logs === undefined ? null : logsOf(values.logs);
  const stop = new AbortController();
  const undo = onStopSignal(["SIGINT", "SIGTERM", "SIGHUP"], () => stop.abort());
  try {
    const dir = resolve(values.data ?? (process.env.MXRAY_DATA || "./data"));
    if (server !== undefined && tokenFile !== undefined) {
      await becomeAgent({ dir, server, tokenFile, ca: ca === undefined ? null : resolve(ca), logs: logs ?? [], signal: stop.signal });
    }
    await work(dir, { logs, policy: values.policy === undefined ? null : resolve(values.policy) }, stop.signal);
    return EXIT.nothing;
  } catch (error) {
    if (stop.signal.aborted) return EXIT.nothing;
    if (!(error instanceof AgentEnd)) throw error;
    printMessage(error.message);
    return EXIT.couldNotRun;
  } finally {
    undo();
  }
}

interface NewAgent {
  readonly dir: string;
  readonly server: string;
  readonly tokenFile: string;
  readonly ca: string | null;
  readonly logs: readonly string[];
  readonly signal: AbortSignal;
}

async function becomeAgent({ dir, server, tokenFile, ca, logs, signal }: NewAgent): Promise<void> {
  await checkKeeping(dir);
  const connection = await connectionTo({ server, secret: null, ca });
  const token = (tokenFile === "-" ? await textOf(process.stdin) : await textOfFile("--token-file", tokenFile)).trim();
  if (token === "" || /\s/.test(token))
    throw new AgentEnd("There is no token to enrol with; the page Settings → Agents of the server makes one.");
  if (/^http:/.test(server) && !isLoopback(new URL(server).hostname)) {
    printMessage(`${server} is not encrypted: anyone on the way can read the agent's secret and what it reports. Prefer https.`);
  }
  try {
    const { name, secret } = await enrol(connection, token, signal);
    await writeIdentity(dir, { server, name, secret, ca, policy: null, logs });
    printMessage(`Enrolled as '${name}'; the secret is kept in ${dir}. From now on 'mxray agent' needs neither --server nor --token-file.`);
  } finally {
    connection.close();
  }
}

async function work(dir: string, named: { logs: readonly string[] | null; policy: string | null }, signal: AbortSignal): Promise<void> {
  const known = await readIdentity(dir);
  if (known === null) {
    throw new AgentEnd(
      `No agent enrolled with ${dir}. Give --server and --token-file with a token of the page Settings → Agents, or name another --data.`,
    );
  }
  const identity = { ...known, logs: named.logs ?? known.logs, policy: named.policy ?? known.policy };
  const policy = identity.policy === null ? NO_POLICY : await readPolicy(identity.policy);
  if (named.logs !== null || named.policy !== null) await writeIdentity(dir, identity);
  const connection = await connectionTo(identity);
  const sampler = new HostSampler({ sparing: true });
  const queue = new QueueReader({ readReason: faultOfWords });
  try {
    await runAgent({
      connection,
      logs: policy.logs ?? identity.logs,
      runProbe: localProbeRunner(),
      machine: {
        sample: () => sampler.sample(),
        readMailSockets: mailSocketReader(),
        watchFarEnd: farWatcher(),
        readQueue: (signal) => queue.read(signal),
      },
      refusalOf: policy.refusalOf,
      signal,
      onReady: (followed) => {
        const what = followed.length === 0 ? "no log (--logs names some)" : followed.join(", ");
        printMessage(`${hostname()} reports to ${identity.server} as '${identity.name}'; it follows ${what}.`);
      },
      onMessage: printMessage,
    });
  } finally {
    connection.close();
  }
}

async function connectionTo({
  server,
  secret,
  ca,
}: {
  server: string;
  secret: string | null;
  ca: string | null;
}): Promise<ServerConnection> {
  const pem = ca === null ? null : await textOfFile("--ca", ca);
  return new ServerConnection({ server, secret, version: version(), ca: pem, onMessage: printMessage });
}

/** @throws AgentEnd where it cannot be read */
async function textOfFile(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new AgentEnd(`The file of ${option} cannot be read: ${(error as Error).message}.`);
  }
}

/** @throws UsageError that names what is no log */
function logsOf(list: string): string[] {
  const parts = list
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  for (const part of parts) {
    if (isLog(part)) continue;
    throw new UsageError(
      `'${printable(part, 200)}' in --logs is no log; give absolute paths, 'journal' or 'journal:UNIT', separated by commas.`,
    );
  }
  return parts;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}
