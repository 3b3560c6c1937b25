/**
 * Hosts that may be load-tested. They are listed in a file on this machine's disk and nowhere else, so that nobody who can only
 * reach the page can point a load at a host. One a line:
 *
 *     relay1.example.test:587 user=probe password=file:/etc/mxray/relay1 rcpt-domain=example.test
 *     192.0.2.10:25 rcpt-domain=example.test public=dns
 */
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { canonicalHostName } from "@mxray/contracts";

/** How the operator of a public host shows that the load is wanted. */
const PROOFS = ["dns", "greeting"] as const;

export interface StressTarget {
  /** As the file has it. */
  readonly text: string;
  /** A host name or an address. */
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly user: string; readonly password: string } | null;
  /** Recipients may be in these domains only. */
  readonly recipientDomains: readonly string[];
  readonly proof: (typeof PROOFS)[number] | null;
}

/** The file, a line of it or the choice of a target is wrong: the message says which and what to do. */
export class StressTargetError extends Error {}

const DEFAULT_PORT = 25;
const MOST_TARGETS = 1000;
const FILE_CAP = 1_000_000;

/** @throws StressTargetError */
export function readTargetFile(path: string): StressTarget[] {
  let text: string;
  let mode: number;
  try {
    const found = statSync(path);
    if (found.size > FILE_CAP) throw new StressTargetError(`${path} is larger than a list of stress targets can be.`);
    mode = found.mode;
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof StressTargetError) throw error;
    throw new StressTargetError(`The stress targets in ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
  const targets: StressTarget[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const bare = line.replace(/(^|\s)#.*$/, "").trim();
    if (bare === "") continue;
    targets.push(targetOf(bare, `${path}, line ${index + 1}`, (mode & 0o004) !== 0));
    if (targets.length > MOST_TARGETS) throw new StressTargetError(`${path} has more than ${MOST_TARGETS} targets.`);
  }
  return targets;
}

/** @throws StressTargetError where the file has no such line, or several */
export function chooseTarget(targets: readonly StressTarget[], wanted: string, path: string): StressTarget {
  const { host, port } = hostAndPort(wanted, "The target");
  const found = targets.filter((target) => target.host === host && target.port === port);
  if (found.length === 1) return found[0] as StressTarget;
  if (found.length > 1) throw new StressTargetError(`${path} lists ${wanted} more than once; keep one of the lines.`);
  throw new StressTargetError(
    `${wanted} is not in ${path}. Only hosts with a line there may be tested; add '${wanted} rcpt-domain=YOUR.DOMAIN' if it is yours.`,
  );
}

function targetOf(line: string, where: string, readableByAll: boolean): StressTarget {
  const [text = "", ...pairs] = line.split(/\s+/);
  const { host, port } = hostAndPort(text, where);
  const values = new Map<string, string>();
  for (const pair of pairs) {
    const [key = "", ...rest] = pair.split("=");
    if (!["user", "password", "rcpt-domain", "public"].includes(key) || rest.length === 0)
      throw new StressTargetError(`${where}: '${pair}' is not known; a target takes user=, password=, rcpt-domain= and public=.`);
    if (values.has(key)) throw new StressTargetError(`${where} has ${key}= twice.`);
    values.set(key, rest.join("="));
  }
  const recipientDomains = (values.get("rcpt-domain") ?? "").split(",").filter((domain) => domain !== "");
  if (recipientDomains.length === 0 || recipientDomains.some((domain) => canonicalHostName(domain) === null))
    throw new StressTargetError(`${where} needs rcpt-domain=DOMAIN, the domain that takes the test messages.`);
  const proof = values.get("public") ?? null;
  if (proof !== null && !isProof(proof)) throw new StressTargetError(`${where}: public= takes ${PROOFS.join(" or ")}, not '${proof}'.`);
  return {
    text,
    host,
    port,
    credentials: credentialsOf(values, where, readableByAll),
    recipientDomains: recipientDomains.map((domain) => domain.toLowerCase()),
    proof,
  };
}

function isProof(text: string): text is (typeof PROOFS)[number] {
  return (PROOFS as readonly string[]).includes(text);
}

function credentialsOf(values: ReadonlyMap<string, string>, where: string, readableByAll: boolean): StressTarget["credentials"] {
  const user = values.get("user");
  const password = values.get("password");
  if (user === undefined && password === undefined) return null;
  if (user === undefined || password === undefined) throw new StressTargetError(`${where} needs both user= and password=.`);
  if (!password.startsWith("file:")) {
    if (readableByAll)
      throw new StressTargetError(`${where} has a password that every user of this machine can read; run 'chmod o-r' on the file.`);
    return { user, password };
  }
  const path = password.slice("file:".length);
  try {
    return { user, password: readFileSync(path, "utf8").trimEnd() };
  } catch (error) {
    throw new StressTargetError(
      `${where}: the password in ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
    );
  }
}

/** `name`, `name:port`, `192.0.2.1:25`, `[2001:db8::1]:25`. */
function hostAndPort(text: string, where: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::([0-9]{1,5}))?$/i.exec(text);
  const host = (match?.[1] ?? match?.[2] ?? "").toLowerCase();
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  const known = isIP(host) !== 0 || canonicalHostName(host) !== null;
  if (!known || port < 1 || port > 65_535)
    throw new StressTargetError(`${where}: '${text}' is no host with a port, such as relay1.example.test:25.`);
  return { host, port };
}
