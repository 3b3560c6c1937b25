/**
 * From a target to mail hosts (RFC 5321 §5.1, RFC 7505): MX records by preference, null MX, the implicit MX where there
 * are none, and every address of each. What the DNS could not say is told apart: no such name, no data, no answer, failure.
 */
import { canonicalAddress, type LookupFailure, type Resolution, type StageResult } from "@mxray/contracts";
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

export async function resolveTarget(
  options: ProbeOptions,
  { resolver, clock, signal }: { resolver: Resolver; clock: Clock; signal: AbortSignal },
): Promise<ResolvedTarget> {
  const { target } = options;
  const start = clock.now();
  const families = ([4, 6] as const).filter((family) => options.family === undefined || options.family === family);
  const base: Resolution = { kind: "none", records: [], error: null, failure: null, unresolved: [] };
  const done = (resolution: Resolution, hosts: readonly MailHost[]): ResolvedTarget => ({
    resolution,
    hosts,
    stage: stageResult(
      "resolve",
      resolution.error === null ? "ok" : "failed",
      clock.now() - start,
      resolution.error === null ? {} : { reason: resolution.error, cause: "lookup" },
    ),
  });

  if (target.kind === "address") {
    const family = target.family ?? 4;
    if (!families.includes(family)) {
      return done(
        {
          ...base,
          kind: "address",
          error: `${target.host} is an IPv${family} address, and only IPv${options.family} was asked for.`,
          failure: "no-data",
        },
        [],
      );
    }
    return done({ ...base, kind: "address" }, [{ name: null, address: target.host, family, port: target.port, preference: null }]);
  }

  const addressesOf = async (
    exchange: string,
    preference: number | null,
  ): Promise<{ hosts: MailHost[]; failure: LookupFailure | null }> => {
    // An MX that is an address is against RFC 5321 §2.3.5 and common enough to be named, not guessed at.
    const answers = await Promise.all(
      families.map(async (family) => ({ family, answer: await resolver.addresses(exchange, family, signal) })),
    );
    const hosts = answers.flatMap(({ family, answer }) =>
      answer.ok ? answer.value.map((address) => ({ name: exchange, address, family, port: target.port, preference })) : [],
    );
    const failures = answers.flatMap(({ answer }) => (answer.ok ? [] : [answer.failure]));
    const worst =
      failures.find((failure) => failure === "timeout" || failure === "server-failure" || failure === "refused") ?? failures[0] ?? null;
    return { hosts, failure: hosts.length > 0 ? null : worst };
  };

  if (target.explicitPort || options.noMx === true) {
    const { hosts, failure } = await addressesOf(target.host, null);
    return failure === null
      ? done({ ...base, kind: "address" }, hosts)
      : done({ ...base, error: sentence(target.host, failure, "an address"), failure }, []);
  }

  const mx = await resolver.mx(target.host, signal);
  if (mx.ok && mx.value.length > 0) {
    const records = mx.value.slice(0, MOST_EXCHANGES).map(({ preference, exchange }) => ({ preference, exchange }));
    if (records.length === 1 && records[0]?.exchange === ".") return done({ ...base, kind: "null-mx", records }, []);
    const usable = records.filter(({ exchange }) => exchange !== "." && canonicalAddress(exchange) === null);
    const found = await Promise.all(
      usable.map(async (record) => ({ ...record, ...(await addressesOf(record.exchange, record.preference)) })),
    );
    const unresolved = [
      ...records.filter((record) => !usable.includes(record)).map(({ exchange }) => ({ exchange, failure: "bad-name" as const })),
      ...found.flatMap(({ exchange, failure }) => (failure === null ? [] : [{ exchange, failure }])),
    ];
    const hosts = found.flatMap((one) => one.hosts);
    const error = hosts.length > 0 ? null : `None of the mail hosts of ${target.host} has an address.`;
    return done(
      { ...base, kind: "mx", records, unresolved, error, failure: error === null ? null : (unresolved[0]?.failure ?? "no-data") },
      hosts,
    );
  }
  if (!mx.ok && mx.failure !== "no-data" && mx.failure !== "no-such-name") {
    return done({ ...base, error: sentence(target.host, mx.failure, "its mail hosts (MX)"), failure: mx.failure }, []);
  }
  // No MX: the name itself is the mail host. A name that a hosts file knows and the DNS does not is found here, too.
  const { hosts, failure } = await addressesOf(target.host, null);
  if (hosts.length > 0) return done({ ...base, kind: "implicit-mx" }, hosts);
  return done(
    { ...base, error: sentence(target.host, failure ?? "no-data", "a mail host or an address"), failure: failure ?? "no-data" },
    [],
  );
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
