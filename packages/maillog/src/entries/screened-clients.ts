/**
 * Clients whose connection postscreen holds. It logs `CONNECT from` and, unless it hands the connection to smtpd, `DISCONNECT`;
 * smtpd then logs `connect from` for the same connection, which is a copy. Memory is bounded: clients that are never heard of
 * again are forgotten, the longest waiting ones first.
 */
import type { LogEntry } from "./log-entry.ts";

const MOST_CLIENTS = 20_000;

export class ScreenedClients {
  /** Connections that postscreen holds, by host and address. */
  readonly #held = new Map<string, number>();

  /** @param entry postscreen's connect or disconnect */
  track(entry: LogEntry): void {
    const client = clientOf(entry);
    if (client === null) return;
    if (entry.event === "disconnect") {
      this.#release(client);
      return;
    }
    const held = this.#held.get(client) ?? 0;
    this.#held.delete(client);
    this.#held.set(client, held + 1);
    if (this.#held.size > MOST_CLIENTS) this.#forget();
  }

  /** Many at once: a map that loses its first key again and again looks for the next one ever longer. */
  #forget(): void {
    let left = MOST_CLIENTS / 10;
    for (const client of this.#held.keys()) {
      if (left === 0) return;
      this.#held.delete(client);
      left -= 1;
    }
  }

  /** @param entry smtpd's connect @returns whether postscreen logged the connection before */
  takes(entry: LogEntry): boolean {
    if (this.#held.size === 0) return false;
    const client = clientOf(entry);
    return client !== null && this.#release(client);
  }

  #release(client: string): boolean {
    const held = this.#held.get(client);
    if (held === undefined) return false;
    if (held > 1) this.#held.set(client, held - 1);
    else this.#held.delete(client);
    return true;
  }
}

function clientOf({ host, peer }: LogEntry): string | null {
  const address = peer?.peer.address ?? null;
  return address === null ? null : `${host.number} ${address}`;
}
