/**
 * How many requests are taken in a minute, and from whom. A session counts for itself, so that nobody who floods the server from
 * the same address, behind a proxy say, shuts out who is signed in. Everything else counts by address, before it is looked at.
 * Links and tokens that do not exist count by themselves and by address: one that exists is always let in.
 *
 * Counts live in this process, as all counting goes through this class: with a second process beside it, each allows as much again.
 * Then `RequestCounter` is what needs a shared state, and nothing else does.
 */
import ipaddr from "ipaddr.js";
import { RequestCounter } from "./request-counter.ts";

/** A page of logs that grow asks some 250 times, and a whole office may stand behind one address. */
const REQUESTS = 2400;
/** Of one address: an office of people who open links that have expired. */
const FAILURES = 600;
/** Of one token. */
const TOKEN_FAILURES = 30;
/** Of one address for one user. */
const PASSWORDS_OF_NAME = 10;
/** Of one address: an office in the morning. */
const PASSWORDS = 60;
/** Sessions that were seen to be good. */
const MOST_SESSIONS = 10_000;

/** A caller before it is known who it is. */
export interface Caller {
  readonly address: string;
  /** Hash of the session's cookie, unverified; null without one. */
  readonly session: string | null;
}

export class RequestPace {
  readonly #requests: RequestCounter;
  readonly #failures: RequestCounter;
  readonly #sessions = new Set<string>();

  /** @param now milliseconds on a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#requests = new RequestCounter(now);
    this.#failures = new RequestCounter(now);
  }

  /** Counts a request before anything is looked up: null, or seconds until the next one is taken. @param part counted apart */
  arrive({ address, session }: Caller, part: string): number | null {
    if (session !== null && this.#sessions.has(session)) return this.#requests.count(`session ${session}`, REQUESTS);
    return this.#requests.count(`${part} ${network(address)}`, REQUESTS);
  }

  /** A session is good: from now on it counts for itself. */
  signedIn(session: string): void {
    if (this.#sessions.size >= MOST_SESSIONS) this.#sessions.clear();
    this.#sessions.add(session);
  }

  /** Counts a request of a route that has a pace of its own. @param who a session, or an address with the link that it opens */
  enter(route: string, who: string, most: number): number | null {
    return this.#requests.count(`${route} ${who}`, most);
  }

  /** Counts a password before it is looked at. @param name of the user, as given */
  tryPassword(address: string, name: string): number | null {
    const byName = this.#requests.count(`password ${network(address)} ${name.toLowerCase()}`, PASSWORDS_OF_NAME);
    return byName ?? this.#requests.count(`password ${network(address)}`, PASSWORDS);
  }

  /** Counts a token that opens nothing, after it was looked up. */
  fail(address: string, token: string): number | null {
    const byAddress = this.#failures.count(`address ${network(address)}`, FAILURES);
    const byToken = this.#failures.count(`token ${token}`, TOKEN_FAILURES);
    return byToken ?? byAddress;
  }
}

/** An IPv6 client has 2^64 addresses. */
function network(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === "ipv4" ? parsed.toString() : parsed.toByteArray().slice(0, 8).join(".");
}
