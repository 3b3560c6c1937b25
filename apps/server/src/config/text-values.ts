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

/** @param setting as the reader knows it: a variable, or a title in quotes @param values what was given of it and makes no sense */
export function wrong(setting: string, values: string | readonly string[], wanted: string): ConfigError {
  const shown = [values].flat().map((value) => `'${printable(value, SHOWN)}'`);
  return new ConfigError("usage", `${setting} takes ${wanted}, not ${shown.join(", ")}.`);
}

export function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

/** @param parse null for what makes no sense @throws ConfigError that names every part that makes none */
export function eachOf<T>(setting: string, parts: readonly string[], wanted: string, parse: (part: string) => T | null): T[] {
  const read = parts.map((part) => ({ part, value: parse(part) }));
  const bad = read.filter(({ value }) => value === null).map(({ part }) => part);
  if (bad.length > 0) throw wrong(setting, bad, wanted);
  return read.flatMap(({ value }) => (value === null ? [] : [value]));
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
  return eachOf(setting, listOf(text), "port numbers from 1 to 65535, separated by commas or blanks", parsePort);
}

export function networksOf(setting: string, text: string): Network[] {
  const wanted = "addresses and networks such as 10.0.0.0/8 or fd00::/8, separated by commas or blanks";
  return eachOf(setting, listOf(text), wanted, parseNetwork);
}

export function doNotProbeOf(setting: string, text: string): DoNotProbe {
  const wanted = "host names, domains, addresses and networks, separated by commas or blanks";
  const read = eachOf(setting, listOf(text), wanted, (part) => parseNetwork(part) ?? canonicalHostName(part));
  return { networks: read.filter((one) => typeof one !== "string"), names: read.filter((one) => typeof one === "string") };
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
