/**
 * What a domain demands of senders about TLS: TLSA records of its mail hosts (RFC 7672) and its MTA-STS policy (RFC 8461).
 * Looked up only where STARTTLS is missing or failed: it decides whether such a failure stops mail or drops encryption.
 *
 * DNSSEC is not validated here, so a TLSA record says what senders with DANE would read, no more.
 */
import type { MtaStsPolicy, TlsaDemand, TlsDemand } from "@mxray/contracts";
import { printable } from "@mxray/contracts";
import type { Endpoint, ProbeOptions } from "./options.ts";
import type { Lookup, PolicyFetcher, Resolver } from "./ports.ts";

const LIMIT_MS = 6000;
const HTTPS_PORT = 443;
const MOST_HOSTS = 10;
const MOST_PATTERNS = 20;

interface Ports {
  readonly resolver: Resolver;
  readonly policies: PolicyFetcher;
}

/** @param domain null where the target is no domain: then there is no MTA-STS policy to ask for */
export async function findTlsDemand(
  { domain, hosts, port }: { domain: string | null; hosts: readonly string[]; port: number },
  { resolver, policies }: Ports,
  { admit, signal }: Pick<ProbeOptions, "admit"> & { signal: AbortSignal },
): Promise<TlsDemand> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const [mtaSts, tlsa] = await Promise.all([
    domain === null ? null : findPolicy(domain, { resolver, policies }, admit, limit),
    Promise.all(
      [...new Set(hosts)].slice(0, MOST_HOSTS).map(async (host): Promise<TlsaDemand> => {
        return { host, record: presence(await resolver.tlsa(`_${port}._tcp.${host}`, limit)) };
      }),
    ),
  ]);
  return { mtaSts, tlsa };
}

function presence(answer: Lookup<number>): TlsaDemand["record"] {
  if (answer.ok) return answer.value > 0 ? "present" : "absent";
  return answer.failure === "no-such-name" || answer.failure === "no-data" ? "absent" : "unknown";
}

async function findPolicy(
  domain: string,
  { resolver, policies }: Ports,
  admit: ProbeOptions["admit"],
  signal: AbortSignal,
): Promise<MtaStsPolicy> {
  const none = { mode: null, mx: [], reason: null };
  const texts = await resolver.txt(`_mta-sts.${domain}`, signal);
  if (!texts.ok) {
    const absent = texts.failure === "no-such-name" || texts.failure === "no-data";
    return absent
      ? { ...none, record: "absent" }
      : { ...none, record: "unknown", reason: `The name server did not say whether _mta-sts.${domain} exists.` };
  }
  // RFC 8461 §3.1: exactly one record that begins so.
  if (texts.value.filter((text) => /^v=STSv1\s*;/.test(text)).length !== 1) return { ...none, record: "absent" };
  const name = `mta-sts.${domain}`;
  const found = { ...none, record: "present" as const };
  const addresses = await resolver.addresses(name, 4, signal);
  const address = addresses.ok ? addresses.value[0] : undefined;
  if (address === undefined) return { ...found, reason: `${name}, which serves the policy, has no IPv4 address.` };
  const endpoint: Endpoint = { name, address, port: HTTPS_PORT };
  const refusal = (await admit?.(endpoint, signal)) ?? null;
  if (refusal !== null) return { ...found, reason: `The policy was not fetched from ${address}: ${refusal}` };
  const answer = await policies.fetch({ name, address, path: "/.well-known/mta-sts.txt", signal });
  return answer.ok
    ? { ...found, ...readPolicy(answer.text) }
    : { ...found, reason: `The policy could not be fetched from ${name}: ${answer.reason}` };
}

/** RFC 8461 §3.2: lines `key: value`; `mx` may come several times. */
export function readPolicy(text: string): Pick<MtaStsPolicy, "mode" | "mx" | "reason"> {
  const pairs = text.split(/\r?\n/).flatMap((line) => {
    const [, key, value] = /^\s*([a-z_]{1,20})\s*:\s*(.{0,300}?)\s*$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  const value = (key: string) => pairs.find(([name]) => name === key)?.[1];
  const mode = (["enforce", "testing", "none"] as const).find((one) => one === value("mode"));
  if (value("version") !== "STSv1" || mode === undefined)
    return { mode: null, mx: [], reason: "What is served there is no MTA-STS policy." };
  const mx = pairs.filter(([name]) => name === "mx").map(([, pattern]) => printable(pattern, 255).toLowerCase());
  return { mode, mx: mx.slice(0, MOST_PATTERNS), reason: null };
}
