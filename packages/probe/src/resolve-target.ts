/**
 * From a target to mail hosts (RFC 5321 §5.1, RFC 7505): MX records by preference, null MX, the implicit MX where there
 * are none, and every address of each. What the DNS could not say is told apart: no such name, no data, no answer, failure.
 */
import { canonicalAddress, type LookupFailure, type MxRecord, type Resolution, type StageResult } from "@mxray/contracts";
import type { ProbeOptions } from "./options.ts";
import type { Clock, Resolver } from "./ports.ts";
import type { MailHost } from "./session/mail-host.ts";
import { stageResult } from "./session/stage-result.ts";

/** A domain with more mail hosts than this is probed at the preferred ones. */
const MOST_EXCHANGES = 10;

export interface ResolvedTarget {
  readonly stage: StageResult;
  readonly resolution: Resolution;
  readonly hosts: readonly MailHost[];
}

interface Lookups {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

type Found = Omit<ResolvedTarget, "stage">;

const NOTHING: Resolution = { kind: "none", records: [], error: null, failure: null, unresolved: [] };

export async function resolveTarget(options: ProbeOptions, lookups: Lookups): Promise<ResolvedTarget> {
  const start = lookups.clock.now();
  const found = await findHosts(options, lookups);
  const { error } = found.resolution;
  const outcome = error === null ? "ok" : "failed";
  const why = error === null ? {} : { reason: error, cause: "lookup" as const };
  return { ...found, stage: stageResult("resolve", outcome, lookups.clock.now() - start, why) };
}

async function findHosts(options: ProbeOptions, lookups: Lookups): Promise<Found> {
  const { target } = options;
  if (target.kind === "address") return givenAddress(options);
  if (target.explicitPort || options.noMx === true) return await namedHost(options, lookups);
  const mx = await lookups.resolver.mx(target.host, lookups.signal);
  if (mx.ok && mx.value.length > 0) return await exchanges(options, mx.value, lookups);
  if (!mx.ok && mx.failure !== "no-data" && mx.failure !== "no-such-name") {
    return none(sentence(target.host, mx.failure, "its mail hosts (MX)"), mx.failure);
  }
  return await implicitExchange(options, lookups);
}

function none(error: string, failure: LookupFailure): Found {
  return { resolution: { ...NOTHING, error, failure }, hosts: [] };
}

function familiesOf({ family: only }: ProbeOptions): readonly (4 | 6)[] {
  return ([4, 6] as const).filter((family) => only === undefined || only === family);
}

function givenAddress(options: ProbeOptions): Found {
  const { host, port } = options.target;
  const family = options.target.family ?? 4;
  if (familiesOf(options).includes(family)) {
    return { resolution: { ...NOTHING, kind: "address" }, hosts: [{ name: null, address: host, family, port, preference: null }] };
  }
  const error = `${host} is an IPv${family} address, and only IPv${options.family} was asked for.`;
  return { resolution: { ...NOTHING, kind: "address", error, failure: "no-data" }, hosts: [] };
}

async function namedHost(options: ProbeOptions, lookups: Lookups): Promise<Found> {
  const { host } = options.target;
  const { hosts, failure } = await addressesOf(options, host, null, lookups);
  if (failure !== null) return none(sentence(host, failure, "an address"), failure);
  return { resolution: { ...NOTHING, kind: "address" }, hosts };
}

/** No MX: the name itself is the mail host. A name that a hosts file knows and the DNS does not is found here, too. */
async function implicitExchange(options: ProbeOptions, lookups: Lookups): Promise<Found> {
  const { host } = options.target;
  const { hosts, failure } = await addressesOf(options, host, null, lookups);
  if (hosts.length > 0) return { resolution: { ...NOTHING, kind: "implicit-mx" }, hosts };
  return none(sentence(host, failure ?? "no-data", "a mail host or an address"), failure ?? "no-data");
}

async function exchanges(options: ProbeOptions, answer: readonly MxRecord[], lookups: Lookups): Promise<Found> {
  const records = answer.slice(0, MOST_EXCHANGES).map(({ preference, exchange }) => ({ preference, exchange }));
  if (records.length === 1 && records[0]?.exchange === ".") return { resolution: { ...NOTHING, kind: "null-mx", records }, hosts: [] };
  // An MX that is an address is against RFC 5321 §2.3.5 and common enough to be named, not guessed at.
  const usable = records.filter(({ exchange }) => exchange !== "." && canonicalAddress(exchange) === null);
  const found = await Promise.all(
    usable.map(async (record) => ({ ...record, ...(await addressesOf(options, record.exchange, record.preference, lookups)) })),
  );
  const unresolved = [
    ...records.filter((record) => !usable.includes(record)).map(({ exchange }) => ({ exchange, failure: "bad-name" as const })),
    ...found.flatMap(({ exchange, failure }) => (failure === null ? [] : [{ exchange, failure }])),
  ];
  const hosts = found.flatMap((one) => one.hosts);
  const error = hosts.length > 0 ? null : `None of the mail hosts of ${options.target.host} has an address.`;
  const failure = error === null ? null : (unresolved[0]?.failure ?? "no-data");
  return { resolution: { kind: "mx", records, unresolved, error, failure }, hosts };
}

/** @param preference of its MX record @returns its hosts; where there are none, the worst failure */
async function addressesOf(
  options: ProbeOptions,
  name: string,
  preference: number | null,
  { resolver, signal }: Lookups,
): Promise<{ readonly hosts: readonly MailHost[]; readonly failure: LookupFailure | null }> {
  const { port } = options.target;
  const answers = await Promise.all(
    familiesOf(options).map(async (family) => ({ family, answer: await resolver.addresses(name, family, signal) })),
  );
  const hosts = answers.flatMap(({ family, answer }) =>
    answer.ok ? answer.value.map((address) => ({ name, address, family, port, preference })) : [],
  );
  if (hosts.length > 0) return { hosts, failure: null };
  const failures = answers.flatMap(({ answer }) => (answer.ok ? [] : [answer.failure]));
  const worst = failures.find((failure) => failure === "timeout" || failure === "server-failure" || failure === "refused");
  return { hosts, failure: worst ?? failures[0] ?? null };
}

function sentence(name: string, failure: LookupFailure, what: string): string {
  switch (failure) {
    case "no-such-name":
      return `The name ${name} does not exist in the DNS.`;
    case "no-data":
      return `The name ${name} exists and has neither ${what === "an address" ? "an IPv4 nor an IPv6 address" : "a mail host (MX) nor an address"}.`;
    case "timeout":
      return `No name server answered in time when asked for ${what} of ${name}.`;
    case "server-failure":
      return `The name servers of ${name} answer with a failure (SERVFAIL) when asked for ${what}.`;
    case "refused":
      return `The name server refused to answer for ${name}.`;
    case "bad-name":
      return `${name} is no valid name for the DNS.`;
  }
}
