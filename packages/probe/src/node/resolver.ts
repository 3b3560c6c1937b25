/**
 * DNS by c-ares, with its errors told apart. Names that only this machine knows (its hosts file) are found too, as mail
 * software finds them, unless a resolver of one's own was asked for.
 */
import { promises as dns } from "node:dns";
import { canonicalAddress, canonicalHostName, type LookupFailure, printable } from "@mxray/contracts";
import type { Lookup, Resolver } from "../ports.ts";

/** Answers beyond these are not worth reading. */
const MOST_MX = 50;
const MOST_ADDRESSES = 30;
const MOST_TEXTS = 20;

/** @param server `IP` or `IP:PORT` (`[IPv6]:PORT`); default the system's resolvers */
export function nodeResolver(server?: string): Resolver {
  let made: dns.Resolver | null = null;
  /** A probe of an address asks nothing, and to make one takes a millisecond. */
  const ownResolver = (): dns.Resolver => {
    if (made !== null) return made;
    made = new dns.Resolver({ timeout: 2000, tries: 2 });
    if (server !== undefined) made.setServers([server]);
    return made;
  };
  const ask = <T>(signal: AbortSignal | undefined, question: (resolver: dns.Resolver) => Promise<T>) =>
    answerOf(ownResolver(), signal, question);

  return {
    async mx(domain, signal) {
      const answer = await ask(signal, (resolver) => resolver.resolveMx(domain));
      if (!answer.ok) return answer;
      const records = answer.value.slice(0, MOST_MX).map(({ priority, exchange }) => ({
        preference: priority,
        // An exchange of "." (null MX, RFC 7505) comes as the empty string.
        exchange: exchange === "" || exchange === "." ? "." : (canonicalHostName(exchange) ?? printable(exchange, 255)),
      }));
      return { ok: true, value: records.sort((a, b) => a.preference - b.preference || a.exchange.localeCompare(b.exchange)) };
    },
    async addresses(name, family, signal) {
      const answer = await ask(signal, (resolver) => (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name)));
      if (answer.ok) return { ok: true, value: canonical(answer.value) };
      if (server !== undefined || (answer.failure !== "no-such-name" && answer.failure !== "no-data" && answer.failure !== "refused"))
        return answer;
      const local = await ask(signal, () => dns.lookup(name, { family, all: true }));
      return local.ok ? { ok: true, value: canonical(local.value.map(({ address }) => address)) } : answer;
    },
    async txt(name, signal) {
      const answer = await ask(signal, (resolver) => resolver.resolveTxt(name));
      return answer.ok ? { ok: true, value: answer.value.slice(0, MOST_TEXTS).map((parts) => printable(parts.join(""), 300)) } : answer;
    },
    async tlsa(name, signal) {
      const answer = await ask(signal, (resolver) => resolver.resolveTlsa(name));
      return answer.ok ? { ok: true, value: answer.value.length } : answer;
    },
    async reverse(address, signal) {
      const answer = await ask(signal, (resolver) => resolver.reverse(address));
      return answer.ok ? { ok: true, value: answer.value.flatMap((name) => canonicalHostName(name) ?? []) } : answer;
    },
  };
}

async function answerOf<T>(
  resolver: dns.Resolver,
  signal: AbortSignal | undefined,
  question: (resolver: dns.Resolver) => Promise<T>,
): Promise<Lookup<T>> {
  if (signal?.aborted) return { ok: false, failure: "timeout" };
  let cancel: () => void = () => undefined;
  // The system's own look-up cannot be cancelled: it is left to itself.
  const cancelled = new Promise<Lookup<T>>((resolve) => {
    cancel = () => {
      resolver.cancel();
      resolve({ ok: false, failure: "timeout" });
    };
  });
  signal?.addEventListener("abort", cancel, { once: true });
  const answered = question(resolver).then(
    (value): Lookup<T> => ({ ok: true, value }),
    (error: NodeJS.ErrnoException): Lookup<T> => ({ ok: false, failure: failureOf(error.code) }),
  );
  try {
    return await Promise.race([answered, cancelled]);
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

function failureOf(code: string | undefined): LookupFailure {
  switch (code) {
    case "ENOTFOUND":
      return "no-such-name";
    case "ENODATA":
      return "no-data";
    case "ETIMEOUT":
    case "ECANCELLED":
    case "EAI_AGAIN":
      return "timeout";
    case "EREFUSED":
    case "ECONNREFUSED":
      return "refused";
    case "EBADNAME":
      return "bad-name";
    default:
      return "server-failure";
  }
}

function canonical(addresses: readonly string[]): string[] {
  return [...new Set(addresses.flatMap((text) => canonicalAddress(text)?.text ?? []))].slice(0, MOST_ADDRESSES);
}
