/**
 * Reads what people write into settings, in the environment and in the page alike. What makes no sense is told in one sentence that
 * names the setting, what it takes and what it was given.
 */
import { canonicalAddress, canonicalHostName, parsePort, printable } from "@mxray/contracts";
import ipaddr from "ipaddr.js";
import { ConfigError } from "./config-error.ts";

export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

export interface DoNotProbe {
  readonly networks: readonly Network[];
  readonly names: readonly string[];
}

const SHOWN = 120;

/** @param setting as the reader knows it: a variable, or a title in quotes */
export function wrong(setting: string, value: string, wanted: string): ConfigError {
  return new ConfigError("usage", `${setting} takes ${wanted}, not '${printable(value, SHOWN)}'.`);
}

export function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

export function numberOf(setting: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw wrong(setting, text, `a whole number from ${least} to ${most}`);
  return value;
}

export function oneOf<const T extends string>(setting: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found === undefined) throw wrong(setting, text, words.map((word) => `'${word}'`).join(", "));
  return found;
}

export function hostNameOf(setting: string, text: string): string {
  if (canonicalHostName(text) === null) throw wrong(setting, text, "a host name such as mail.example.com");
  return text;
}

/** It becomes part of a message's body: one line, and nothing that could be read as anything else. */
export function contactOf(setting: string, text: string): string {
  if (!/^[\x20-\x7e]{1,200}$/.test(text)) {
    throw wrong(setting, text, "one line of at most 200 plain ASCII characters, such as postmaster@example.com");
  }
  return text;
}

export function portsOf(setting: string, text: string): number[] {
  return listOf(text).map((part) => {
    const port = parsePort(part);
    if (port === null) throw wrong(setting, part, "port numbers from 1 to 65535, separated by commas or blanks");
    return port;
  });
}

export function networksOf(setting: string, text: string): Network[] {
  return listOf(text).map((part) => {
    const network = parseNetwork(part);
    if (network === null)
      throw wrong(setting, part, "addresses and networks such as 10.0.0.0/8 or fd00::/8, separated by commas or blanks");
    return network;
  });
}

export function doNotProbeOf(setting: string, text: string): DoNotProbe {
  const networks: Network[] = [];
  const names: string[] = [];
  for (const part of listOf(text)) {
    const network = parseNetwork(part);
    const name = canonicalHostName(part);
    if (network !== null) networks.push(network);
    else if (name !== null) names.push(name);
    else throw wrong(setting, part, "host names, domains, addresses and networks, separated by commas or blanks");
  }
  return { networks, names };
}

/** `network/prefix`, or an address for itself; null if it is neither, or is in a form that not everybody reads alike (`10/8`). */
function parseNetwork(text: string): Network | null {
  const [base = "", prefix, ...more] = text.split("/");
  const canonical = canonicalAddress(base);
  if (canonical === null || more.length > 0) return null;
  const bits = canonical.family === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(/^[0-9]{1,3}$/.exec(prefix)?.[0] ?? Number.NaN);
  return length <= bits ? [ipaddr.parse(canonical.text), length] : null;
}
