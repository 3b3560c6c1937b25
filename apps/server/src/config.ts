/** The server's settings, from the environment and the command line (docs/configuration.md lists them). */
import { isAbsolute, normalize, resolve } from "node:path";
import {
  canonicalHostName,
  formatEndpoint,
  LOG_PROBING,
  type LogProbing,
  parseEndpoint,
  parsePort,
  parseTarget,
  type Target,
} from "@mxray/contracts";
import { type OwnerZones, parseOwnerZones } from "@mxray/probe";
import ipaddr from "ipaddr.js";
import { ConfigError } from "./config-error.ts";
import { parseLogLocation } from "./logs/log-location.ts";

const DEFAULT_PORT = 8425;
const MAIL_PORTS = [25, 465, 587, 2525];

export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

export interface Config {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Without a trailing slash; null means http://HOST:PORT of the listener. */
  readonly publicUrl: string | null;
  readonly helo: string | undefined;
  readonly contact: string | undefined;
  readonly resolver: string | undefined;
  /** Zones of the DNS service that tells which network announces an address; undefined means the usual one. */
  readonly ownerZones: OwnerZones | "off" | undefined;
  readonly controls: readonly Target[];
  /** Networks that may be probed although they are private, loopback or otherwise not public. */
  readonly allowTargets: readonly Network[];
  readonly allowPorts: readonly number[];
  readonly doNotProbe: { readonly networks: readonly Network[]; readonly names: readonly string[] };
  /** Probes that run at once; the others wait. */
  readonly concurrency: number;
  /** Probes that may wait. */
  readonly queueLimit: number;
  /** Milliseconds between the first connections of two probes to one address. */
  readonly paceMs: number;
  /** Logs that are followed besides those that the page names. */
  readonly logs: readonly string[];
  /** Absolute: where logs lie that the page may name. */
  readonly logFolders: readonly string[];
  /** Days of logs that findings are made of. */
  readonly logDays: number;
  /** Days for which lines that tell of trouble are kept. */
  readonly logEventDays: number;
  readonly logProbing: LogProbing;
  /** Milliseconds between two rounds of a watch. */
  readonly watchIntervalMs: number;
}

export interface Overrides {
  readonly port?: number;
  readonly host?: string;
  readonly dataDir?: string;
  readonly publicUrl?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError of kind `usage`, naming the variable */
export function readConfig(env: Environment, overrides: Overrides = {}): Config {
  const { helo, resolver } = { helo: env.MXRAY_HELO || undefined, resolver: env.MXRAY_RESOLVER || undefined };
  const publicUrl = overrides.publicUrl ?? (env.MXRAY_PUBLIC_URL || undefined);
  if (helo !== undefined && canonicalHostName(helo) === null) throw wrong("MXRAY_HELO", helo, "a host name such as mail.example.com");
  if (resolver !== undefined && parseEndpoint(resolver) === null) {
    throw wrong("MXRAY_RESOLVER", resolver, "the address of a name server, such as 192.0.2.53 or [2001:db8::53]:5353");
  }
  return {
    dataDir: dataDirOf(env, overrides.dataDir),
    host: overrides.host ?? (env.MXRAY_HOST || "localhost"),
    port: overrides.port ?? numberOf(env, "MXRAY_PORT", DEFAULT_PORT, 0, 65_535),
    publicUrl: publicUrl === undefined ? null : publicUrlOf(publicUrl),
    helo,
    contact: env.MXRAY_CONTACT || undefined,
    resolver,
    ownerZones: env.MXRAY_OWNER_ZONES ? ownerZonesOf(env.MXRAY_OWNER_ZONES) : undefined,
    controls: listOf(env.MXRAY_CONTROL_HOSTS).map(controlOf),
    allowTargets: listOf(env.MXRAY_ALLOW_TARGETS).map((text) => networkOf("MXRAY_ALLOW_TARGETS", text)),
    allowPorts: [...new Set([...MAIL_PORTS, ...listOf(env.MXRAY_ALLOW_PORTS).map(portOf)])],
    doNotProbe: doNotProbeOf(listOf(env.MXRAY_DO_NOT_PROBE)),
    concurrency: numberOf(env, "MXRAY_CONCURRENCY", 8, 1, 500),
    queueLimit: numberOf(env, "MXRAY_QUEUE_LIMIT", 100, 1, 100_000),
    paceMs: 1000 * numberOf(env, "MXRAY_PACE_SECONDS", 10, 0, 3600),
    logs: pathsOf(env.MXRAY_LOGS).map(logOf),
    logFolders: pathsOf(env.MXRAY_LOG_FOLDERS || "/var/log").map(folderOf),
    logDays: numberOf(env, "MXRAY_LOG_DAYS", 7, 1, 90),
    logEventDays: numberOf(env, "MXRAY_LOG_EVENT_DAYS", 30, 1, 400),
    logProbing: logProbingOf(env.MXRAY_LOG_PROBING || "ask"),
    watchIntervalMs: 60_000 * numberOf(env, "MXRAY_WATCH_MINUTES", 15, 1, 1440),
  };
}

export function dataDirOf(env: Environment, override?: string): string {
  return resolve(override ?? (env.MXRAY_DATA || "data"));
}

/** `http://host:port`, for a listener on this address. */
export function listenerUrl(host: string, port: number): string {
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}

/** Links of this URL work on this machine only. */
export function isLoopbackUrl(url: string): boolean {
  const { hostname } = new URL(url);
  const bare = hostname.replace(/^\[|\]$/g, "");
  return bare === "localhost" || bare.endsWith(".localhost") || (ipaddr.isValid(bare) && ipaddr.process(bare).range() === "loopback");
}

/** `network/prefix`, or an address for itself; null if it is neither. */
function parseNetwork(text: string): Network | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = ipaddr.isValid(text) ? ipaddr.parse(text) : null;
  return address === null ? null : [address, address.kind() === "ipv4" ? 32 : 128];
}

function publicUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.search !== "" || url.hash !== "") {
    throw wrong("The public URL (--public-url, MXRAY_PUBLIC_URL)", text, "an address such as https://mxray.example.com");
  }
  if (url.pathname !== "/")
    throw wrong("The public URL (--public-url, MXRAY_PUBLIC_URL)", text, "an address without a path: mxray has a host of its own");
  return url.origin;
}

function ownerZonesOf(text: string): OwnerZones | "off" {
  const zones = parseOwnerZones(text);
  if (zones === null) {
    throw wrong("MXRAY_OWNER_ZONES", text, "three DNS zones, separated by commas (origins of IPv4, origins of IPv6, names), or 'off'");
  }
  return zones;
}

function controlOf(text: string): Target {
  const parsed = parseTarget(text);
  if (!parsed.ok) throw new ConfigError("usage", `MXRAY_CONTROL_HOSTS: ${parsed.message}`);
  return parsed.target;
}

function portOf(text: string): number {
  const port = parsePort(text);
  if (port === null) throw wrong("MXRAY_ALLOW_PORTS", text, "port numbers from 1 to 65535, separated by commas");
  return port;
}

function networkOf(setting: string, text: string): Network {
  const network = parseNetwork(text);
  if (network === null) throw wrong(setting, text, "addresses and networks such as 10.0.0.0/8 or fd00::/8, separated by commas");
  return network;
}

function doNotProbeOf(entries: readonly string[]): Config["doNotProbe"] {
  const networks: Network[] = [];
  const names: string[] = [];
  for (const entry of entries) {
    const network = parseNetwork(entry);
    const name = canonicalHostName(entry);
    if (network !== null) networks.push(network);
    else if (name !== null) names.push(name);
    else throw wrong("MXRAY_DO_NOT_PROBE", entry, "host names, domains, addresses and networks, separated by commas");
  }
  return { networks, names };
}

function logOf(text: string): string {
  if (parseLogLocation(text) === null)
    throw wrong("MXRAY_LOGS", text, "absolute paths, 'journal', 'journal:UNIT' or '-', separated by commas");
  return text;
}

function folderOf(text: string): string {
  if (!isAbsolute(text)) throw wrong("MXRAY_LOG_FOLDERS", text, "absolute paths of folders, separated by commas");
  return normalize(text);
}

function logProbingOf(text: string): LogProbing {
  const found = LOG_PROBING.find((word) => word === text);
  if (found === undefined) throw wrong("MXRAY_LOG_PROBING", text, "'off', 'ask' or 'on'");
  return found;
}

function numberOf(env: Environment, setting: string, fallback: number, least: number, most: number): number {
  const text = env[setting] || undefined;
  if (text === undefined) return fallback;
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw wrong(setting, text, `a whole number from ${least} to ${most}`);
  return value;
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,]+/).filter((part) => part !== "");
}

/** Paths may hold blanks. */
function pathsOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function wrong(setting: string, value: string, wanted: string): ConfigError {
  return new ConfigError("usage", `${setting} takes ${wanted}, not '${value}'.`);
}

/** How the listener shows in a message. */
export function listenerName({ host, port }: Pick<Config, "host" | "port">): string {
  return formatEndpoint(host, port);
}
