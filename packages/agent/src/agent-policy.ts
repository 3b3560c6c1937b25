/** What an agent's own file allows: it narrows what the server asks for, and never widens it. */
import { readFile } from "node:fs/promises";
import { BlockList } from "node:net";
import { canonicalAddress, canonicalHostName, formatEndpoint, printable } from "@mxray/contracts";
import { parseLogLocation } from "@mxray/maillog";
import type { Endpoint } from "@mxray/probe";
import { parse } from "yaml";
import { AgentEnd } from "./agent-end.ts";

export interface AgentPolicy {
  /** Null where the file names none. */
  readonly logs: readonly string[] | null;
  /** A sentence for a host that must not be probed from here, or null. */
  readonly refusalOf: (host: Endpoint) => string | null;
}

export const NO_POLICY: AgentPolicy = { logs: null, refusalOf: () => null };

const KEYS = ["deny-targets", "logs"];

/**
 * `deny-targets`: addresses, networks, hosts and domains with what is below them; `logs`: as for `--logs`.
 *
 * @throws AgentEnd that names what it does not understand
 */
export async function readPolicy(path: string): Promise<AgentPolicy> {
  let file: unknown;
  try {
    file = parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new AgentEnd(`The policy ${path} cannot be read: ${printable((error as Error).message.split("\n")[0] ?? "", 300)}.`);
  }
  const wrong = (what: string) => new AgentEnd(`The policy ${path} ${what}. It may hold 'deny-targets' and 'logs', each a list.`);
  if (typeof file !== "object" || file === null || Array.isArray(file)) throw wrong("is no list of settings");
  const unknown = Object.keys(file).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw wrong(`has '${printable(unknown, 100)}', which no agent knows`);
  const { "deny-targets": denied = [], logs = null } = file as Record<string, unknown>;
  if (!isTexts(denied)) throw wrong("has a 'deny-targets' that is no list of texts");
  if (logs !== null && !isTexts(logs)) throw wrong("has a 'logs' that is no list of texts");
  const stray = logs?.find((log) => isLog(log) === false);
  if (stray !== undefined) throw wrong(`names '${printable(stray, 200)}' among its logs, which is none`);
  return {
    logs,
    refusalOf: refusalsOf(denied, (entry) => wrong(`denies '${printable(entry, 200)}', which is no address, network or name`)),
  };
}

/** Whether an agent can follow it. */
export function isLog(location: string): boolean {
  const parsed = parseLogLocation(location);
  return parsed !== null && parsed.kind !== "stdin";
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function refusalsOf(denied: readonly string[], wrong: (entry: string) => AgentEnd): AgentPolicy["refusalOf"] {
  const networks = new BlockList();
  const names: string[] = [];
  for (const entry of denied) {
    const [base = "", prefix, ...more] = entry.split("/");
    const address = canonicalAddress(base);
    const name = canonicalHostName(entry);
    if (address !== null && more.length === 0) {
      const bits = address.family === 4 ? 32 : 128;
      const length = prefix === undefined ? bits : Number(/^[0-9]{1,3}$/.exec(prefix)?.[0] ?? Number.NaN);
      if (!(length <= bits)) throw wrong(entry);
      networks.addSubnet(address.text, length, address.family === 4 ? "ipv4" : "ipv6");
    } else if (name !== null) names.push(name);
    else throw wrong(entry);
  }
  return ({ name, address, port }) => {
    const listed = name === null ? undefined : names.find((each) => name === each || name.endsWith(`.${each}`));
    const found = listed !== undefined || networks.check(address, address.includes(":") ? "ipv6" : "ipv4");
    return found ? `The agent's own policy forbids ${name ?? formatEndpoint(address, port)}.` : null;
  };
}
