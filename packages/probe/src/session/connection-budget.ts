/**
 * How many connections one mail host is asked for in one probe, and who gets them where they run short: every connection
 * is taken for a purpose, and a purpose can have some kept for it that lesser purposes must leave alone.
 */

/** What connections are opened for, the most important first. */
const CONNECTION_PURPOSES = [
  /** The test messages that the user asked for. */
  "delivery",
  /** Telling a black hole from an inspection of commands. */
  "inspection",
  /** Whether packets are lost on the way to the host, or on the way back. */
  "direction",
  /** The path MTU to the byte, and how sure it is. */
  "exactness",
  /** Whether only some connections are concerned. */
  "hashed-paths",
] as const;
export type ConnectionPurpose = (typeof CONNECTION_PURPOSES)[number];

const CONNECTIONS_PER_ADDRESS = 12;

export class ConnectionBudget {
  /** Purposes that asked for more than there was. */
  readonly short = new Set<ConnectionPurpose>();
  #used = 0;
  readonly #most: number;
  readonly #kept = new Map<ConnectionPurpose, number>();

  constructor(most: number = CONNECTIONS_PER_ADDRESS) {
    this.#most = most;
  }

  /** Keeps so many connections for a purpose from now on; 0 gives them free. */
  keep(purpose: ConnectionPurpose, connections: number): void {
    this.#kept.set(purpose, connections);
  }

  /** Connections that may still be opened for this purpose. */
  left(purpose: ConnectionPurpose): number {
    const rank = CONNECTION_PURPOSES.indexOf(purpose);
    const kept = CONNECTION_PURPOSES.slice(0, rank).reduce((sum, more) => sum + (this.#kept.get(more) ?? 0), 0);
    return Math.max(0, this.#most - this.#used - kept);
  }

  /** The number of the next connection, counted from 1, or null when none is left for this purpose. */
  take(purpose: ConnectionPurpose): number | null {
    if (this.left(purpose) <= 0) {
      this.short.add(purpose);
      return null;
    }
    this.#kept.set(purpose, Math.max(0, (this.#kept.get(purpose) ?? 0) - 1));
    this.#used += 1;
    return this.#used;
  }
}
