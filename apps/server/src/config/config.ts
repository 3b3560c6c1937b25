/**
 * The server's settings, from the environment and the command line (docs/configuration.md lists them). What can be changed while it
 * runs, and which of it the environment says, is in live-settings.ts and setting-definitions.ts.
 */
import { hostname } from "node:os";
import { isAbsolute, normalize, resolve } from "node:path";
import { canonicalAddress, canonicalHostName, parseEndpoint, parseTarget, type Target } from "@mxray/contracts";
import { parseLogLocation } from "@mxray/maillog";
import { type OwnerZones, parseOwnerZones } from "@mxray/probe";
import { ConfigError } from "./config-error.ts";
import { readAll } from "./read-all.ts";
import { type SettingTexts, settingsOfEnvironment } from "./setting-definitions.ts";
import { type SignOnConfig, signOnOf } from "./sign-on.ts";
import { eachOf, listOf, networksOf, numberOf, oneOf, wrong } from "./text-values.ts";

const DEFAULT_PORT = 8425;
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export interface Config {
  readonly dataDir: string;
  /** Of PostgreSQL; null: the store is in the data directory. May hold a password. */
  readonly databaseUrl: string | null;
  /** Of this server among those of one database. */
  readonly serverName: string;
  readonly host: string;
  readonly port: number;
  /** Without a trailing slash; null means http://HOST:PORT of the listener. */
  readonly publicUrl: string | null;
  /** Whom users may sign in with besides a password. */
  readonly signOn: SignOnConfig | null;
  /** Addresses and networks of proxies that say in X-Forwarded-For who asks. */
  readonly trustedProxies: readonly string[];
  readonly resolver: string | undefined;
  /** Zones of the DNS service that tells which network announces an address; undefined means the usual one. */
  readonly ownerZones: OwnerZones | "off" | undefined;
  readonly controls: readonly Target[];
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
  /** Absolute: the hosts that may be load-tested; null: none. */
  readonly stressTargets: string | null;
  /** How much of itself the server writes to stdout. */
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** What the environment says about settings that can be changed while the server runs. */
  readonly environment: SettingTexts;
}

export interface Overrides {
  readonly port?: number;
  readonly host?: string;
  readonly dataDir?: string;
  readonly publicUrl?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError of kind `usage`, with one line for each variable that is wrong */
export function readConfig(env: Environment, overrides: Overrides = {}): Config {
  const publicUrl = overrides.publicUrl ?? (env.MXRAY_PUBLIC_URL || undefined);
  return readAll({
    dataDir: () => dataDirOf(env, overrides.dataDir),
    databaseUrl: () => databaseUrlOf(env),
    serverName: () => serverNameOf(env.MXRAY_SERVER_NAME || hostname()),
    host: () => hostOf(overrides.host ?? (env.MXRAY_HOST || "localhost")),
    port: () => overrides.port ?? wholeNumber(env, "MXRAY_PORT", DEFAULT_PORT, 0, 65_535),
    publicUrl: () => (publicUrl === undefined ? null : publicUrlOf(publicUrl)),
    signOn: () => signOnOf(env),
    trustedProxies: () => proxiesOf(env.MXRAY_TRUSTED_PROXIES ?? ""),
    resolver: () => (env.MXRAY_RESOLVER ? resolverOf(env.MXRAY_RESOLVER) : undefined),
    ownerZones: () => (env.MXRAY_OWNER_ZONES ? ownerZonesOf(env.MXRAY_OWNER_ZONES) : undefined),
    controls: () => controlsOf(env.MXRAY_CONTROL_HOSTS ?? ""),
    concurrency: () => wholeNumber(env, "MXRAY_CONCURRENCY", 8, 1, 500),
    queueLimit: () => wholeNumber(env, "MXRAY_QUEUE_LIMIT", 100, 1, 100_000),
    paceMs: () => 1000 * wholeNumber(env, "MXRAY_PACE_SECONDS", 10, 0, 3600),
    logs: () => logsOf(env.MXRAY_LOGS),
    logFolders: () => foldersOf(env.MXRAY_LOG_FOLDERS || "/var/log"),
    stressTargets: () => (env.MXRAY_STRESS_TARGETS ? resolve(env.MXRAY_STRESS_TARGETS) : null),
    logLevel: () => oneOf("MXRAY_LOG", env.MXRAY_LOG || "warn", LOG_LEVELS),
    environment: () => settingsOfEnvironment(env),
  });
}

/** As it is shown beside its logs. */
function serverNameOf(text: string): string {
  if (/^[\w.-]{1,100}$/.test(text)) return text;
  throw wrong("MXRAY_SERVER_NAME", text, "a name of letters, digits, dots and dashes");
}

export function dataDirOf(env: Environment, override?: string): string {
  return resolve(override ?? (env.MXRAY_DATA || "data"));
}

export function databaseUrlOf({ DATABASE_URL: text }: Environment): string | null {
  return text ? checkedDatabaseUrl("DATABASE_URL", text) : null;
}

/** @throws ConfigError that does not quote it, since it may hold a password */
export function checkedDatabaseUrl(setting: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^postgres(?:ql)?:$/.test(url.protocol) && url.pathname.length > 1) return text;
  throw new ConfigError(
    "usage",
    `${setting} takes an address such as postgresql://USER:PASSWORD@db.example.com/DATABASE; what it has is not shown, since it may hold a password.`,
  );
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

function resolverOf(text: string): string {
  if (parseEndpoint(text) === null)
    throw wrong("MXRAY_RESOLVER", text, "the address of a name server, such as 192.0.2.53 or [2001:db8::53]:5353");
  return text;
}

function proxiesOf(text: string): string[] {
  return networksOf("MXRAY_TRUSTED_PROXIES", text).map(([address, bits]) => `${address.toString()}/${bits}`);
}

function ownerZonesOf(text: string): OwnerZones | "off" {
  const zones = parseOwnerZones(text);
  if (zones === null) {
    throw wrong("MXRAY_OWNER_ZONES", text, "three DNS zones, separated by commas (origins of IPv4, origins of IPv6, names), or 'off'");
  }
  return zones;
}

function hostOf(text: string): string {
  if (canonicalAddress(text) === null && canonicalHostName(text) === null)
    throw wrong(
      "The address to listen on (--host, MXRAY_HOST)",
      text,
      "an address or a name of this machine, such as localhost or 0.0.0.0",
    );
  return text;
}

function controlsOf(text: string): Target[] {
  const wanted = "domains, hosts and addresses such as example.com or [2001:db8::1]:25, separated by commas or blanks";
  return eachOf("MXRAY_CONTROL_HOSTS", listOf(text), wanted, (part) => {
    const parsed = parseTarget(part);
    return parsed.ok ? parsed.target : null;
  });
}

function logsOf(text: string | undefined): string[] {
  const wanted = "absolute paths, 'journal', 'journal:UNIT' or '-', separated by commas";
  return eachOf("MXRAY_LOGS", pathsOf(text), wanted, (part) => (parseLogLocation(part) === null ? null : part));
}

function foldersOf(text: string): string[] {
  const wanted = "absolute paths of folders, separated by commas";
  return eachOf("MXRAY_LOG_FOLDERS", pathsOf(text), wanted, (part) => (isAbsolute(part) ? normalize(part) : null));
}

function wholeNumber(env: Environment, setting: string, fallback: number, least: number, most: number): number {
  const text = env[setting] || undefined;
  return text === undefined ? fallback : numberOf(setting, text, least, most);
}

/** Paths may hold blanks. */
function pathsOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
