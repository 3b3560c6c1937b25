/**
 * How many connections one mail host is asked for in one probe, and who gets them where they run short: every connection
 * is taken for a purpose, and a purpose can have some kept for it that lesser purposes must leave alone.
 */
import { CONNECTION_PURPOSES, type ConnectionPurpose } from "@mxray/contracts";

const CONNECTIONS_PER_ADDRESS = 12;

export class ConnectionBudget {
  readonly #short = new Set<ConnectionPurpose>();
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

  /** Whether one more is wanted for this purpose than there is. */
  lacks(purpose: ConnectionPurpose): boolean {
    const lacking = this.left(purpose) === 0;
    if (lacking) this.#short.add(purpose);
    return lacking;
  }

  /** Purposes that lacked connections, the most important first. */
  get short(): readonly ConnectionPurpose[] {
    return CONNECTION_PURPOSES.filter((purpose) => this.#short.has(purpose));
  }

  /** The number of the next connection, counted from 1, or null when none is left for this purpose. */
  take(purpose: ConnectionPurpose): number | null {
    if (this.lacks(purpose)) return null;
    this.#kept.set(purpose, Math.max(0, (this.#kept.get(purpose) ?? 0) - 1));
    this.#used += 1;
    return this.#used;
  }
}
