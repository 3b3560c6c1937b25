/**
 * What a person types to be probed: a domain, a host, an IPv4 address or `[IPv6]`, each with an optional `:port`; where
 * asked, a mail address too (its domain is the target and the address the recipient).
 *
 * Refuses anything else with one sentence that names the input and the remedy. Host names are LDH labels (RFC 1123 §2.1,
 * underscores allowed inside, since real MX names have them) of 63 octets, 253 in all; internationalised names are turned
 * into their A-label form by the URL standard's rules. IPv6 zone ids are refused.
 */

import { printable } from "../printable.ts";

export const SMTP_PORT = 25;

export interface Target {
  /** As typed, trimmed. */
  readonly input: string;
  readonly kind: "domain" | "address";
  /** Canonical: a lower-case LDH name without trailing dot, or canonical address text without brackets. */
  readonly host: string;
  readonly family: 4 | 6 | null;
  readonly port: number;
  /** A port was typed, so the host is probed as it is, without an MX look-up. */
  readonly explicitPort: boolean;
  /** The mail address that was typed, when one was. */
  readonly recipient: string | null;
}

export type TargetResult = { readonly ok: true; readonly target: Target } | { readonly ok: false; readonly message: string };

const EXAMPLES = "Give a domain (example.com), a host (mx1.example.com:25), an IPv4 address or an IPv6 address in brackets.";

export function parseTarget(text: string, options: { mailAddress?: boolean } = {}): TargetResult {
  const input = text.trim();
  if (input === "") return refuse(`No target was given. ${EXAMPLES}`);
  const shown = quote(input);
  if (input.length > 320) return refuse(`The target ${shown} is ${input.length} characters long; a name has at most 253.`);
  if (input.includes("://")) {
    return refuse(`${shown} is a URL; give only its host, for example ${quote(hostOfUrl(input) ?? "example.com")}.`);
  }

  const at = input.lastIndexOf("@");
  if (at !== -1) {
    if (options.mailAddress !== true) {
      return refuse(
        `${shown} is a mail address; give its domain, ${quote(input.slice(at + 1) || "example.com")}, and the address with --rcpt.`,
      );
    }
    const recipient = input.replace(/^<|>$/g, "");
    if (!isMailAddress(recipient)) return refuse(`${shown} is not a mail address; write it as name@example.com.`);
    const domain = parseTarget(recipient.slice(recipient.lastIndexOf("@") + 1));
    return domain.ok ? { ok: true, target: { ...domain.target, input, recipient } } : domain;
  }

  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(input);
  if (bracketed) {
    const literal = (bracketed[1] ?? "").replace(/^IPv6:/i, "");
    const address = canonicalAddress(literal);
    if (address === null) return refuse(`${shown} holds no valid IP address between its brackets.`);
    return withPort(input, "address", address.text, address.family, bracketed[2]);
  }

  const bare = canonicalAddress(input);
  if (bare !== null) return withPort(input, "address", bare.text, bare.family, undefined);
  if (input.split(":").length > 2) {
    return refuse(
      `${shown} looks like an IPv6 address that is not valid, or one without brackets; write it as [2001:db8::1] or [2001:db8::1]:25.`,
    );
  }

  const [name = "", port] = input.split(":");
  const address = canonicalAddress(name);
  if (address !== null) return withPort(input, "address", address.text, address.family, port);
  if (/^[0-9.]+$/.test(name)) return refuse(`${shown} is not a valid IPv4 address: it needs four numbers from 0 to 255.`);
  const host = canonicalHostName(name);
  if (host === null) return refuse(`${shown} is neither a host name nor an address. ${EXAMPLES}`);
  return withPort(input, "domain", host, null, port);
}

function withPort(input: string, kind: Target["kind"], host: string, family: 4 | 6 | null, port: string | undefined): TargetResult {
  if (port === undefined) return { ok: true, target: { input, kind, host, family, port: SMTP_PORT, explicitPort: false, recipient: null } };
  const number = parsePort(port);
  if (number === null) return refuse(`The port ${quote(port)} of ${quote(input)} is not a number from 1 to 65535; port 25 is SMTP's.`);
  return { ok: true, target: { input, kind, host, family, port: number, explicitPort: true, recipient: null } };
}

/** A TCP port from decimal digits, or null. */
export function parsePort(text: string): number | null {
  if (!/^[0-9]{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : null;
}

/** `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` or `[2001:db8::53]:5353`: an address with or without a port, or null. */
export function parseEndpoint(text: string): { readonly address: Address; readonly port: number | null } | null {
  const bare = canonicalAddress(text);
  if (bare !== null) return { address: bare, port: null };
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::([0-9]+))?$/.exec(text);
  const address = canonicalAddress(match?.[1] ?? match?.[2] ?? "");
  if (address === null) return null;
  if (match?.[3] === undefined) return { address, port: null };
  const port = parsePort(match[3]);
  return port === null ? null : { address, port };
}

/** `host:port`, or `[address]:port` for IPv6, as people write it; port 25 stays unsaid. */
export function formatEndpoint(host: string, port: number = SMTP_PORT): string {
  const shown = host.includes(":") ? `[${host}]` : host;
  return port === SMTP_PORT ? shown : `${shown}:${port}`;
}

/** A lower-case A-label host name without trailing dot, or null if it is none. */
export function canonicalHostName(text: string): string | null {
  if (text.length > 254 || text === "") return null;
  let name = text.endsWith(".") ? text.slice(0, -1) : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything beyond ASCII is meant
  if (/[^\u0000-\u007f]/.test(name)) {
    try {
      name = new URL(`http://${name}`).hostname;
    } catch {
      return null;
    }
  }
  name = name.toLowerCase();
  return isLdhName(name) ? name : null;
}

/** Letters, digits, hyphens and inner underscores in labels of 1 to 63 octets, 253 octets in all, not all-numeric at the end. */
export function isLdhName(name: string): boolean {
  if (name.length === 0 || name.length > 253) return false;
  const labels = name.split(".");
  if (/^[0-9]+$/.test(labels.at(-1) ?? "")) return false;
  return labels.every((label) => label.length <= 63 && /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i.test(label));
}

/** `local@domain` with a dot-atom local part (RFC 5321 §4.1.2) of at most 64 octets and an LDH domain. */
export function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf("@");
  if (at < 1 || at > 64) return false;
  const local = text.slice(0, at);
  if (!/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local)) return false;
  return canonicalHostName(text.slice(at + 1)) !== null;
}

export interface Address {
  readonly family: 4 | 6;
  /** Dotted quad, or RFC 5952 form. */
  readonly text: string;
}

/** The canonical text of an IP address, or null: only this form may enter a command that people paste. */
export function canonicalAddress(text: string): Address | null {
  const quad = parseIpv4(text);
  if (quad !== null) return { family: 4, text: quad.join(".") };
  if (!text.includes(":") || !/^[0-9a-fA-F:.]{2,45}$/.test(text)) return null;
  try {
    // The URL standard parses IPv6 strictly and serialises it in RFC 5952 form, in browsers and Node alike.
    const { hostname } = new URL(`http://[${text}]`);
    return { family: 6, text: hostname.slice(1, -1) };
  } catch {
    return null;
  }
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  const numbers = parts.map((part) => (/^(?:0|[1-9][0-9]{0,2})$/.test(part) ? Number(part) : 256));
  return numbers.every((number) => number <= 255) ? numbers : null;
}

function hostOfUrl(text: string): string | null {
  try {
    return new URL(text).hostname || null;
  } catch {
    return null;
  }
}

function quote(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return `'${printable(shown, 200)}'`;
}

function refuse(message: string): TargetResult {
  return { ok: false, message };
}

/** A peer as people write it, in the one form that is stored: a canonical address, with or without brackets, else a name in lower case without a last dot. */
export function canonicalPeer(text: string): string {
  const bare = text.trim().replace(/^\[(.*)\]$/, "$1");
  return canonicalAddress(bare)?.text ?? bare.toLowerCase().replace(/\.$/, "");
}
