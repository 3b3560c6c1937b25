/** What may happen to a server: it is killed, a thread of it ends, its disk fills, its store is locked, its clock jumps, readers stall. */
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChaosLedger } from "./chaos-ledger.ts";
import type { ChaosServer } from "./chaos-server.ts";

export interface ChaosTroublesDeps {
  readonly server: ChaosServer;
  readonly ledger: ChaosLedger;
  readonly random: () => number;
  readonly dataDir: string;
  /** The data directory is a small file system of its own, which may be filled. */
  readonly mayFill: boolean;
  /** Where the offset of the server's clock is read from; null where it cannot be set. */
  readonly clockFile: string | null;
}

interface Trouble {
  readonly weight: number;
  readonly name: string;
  readonly make: () => Promise<void>;
}

const MEGABYTE = Buffer.alloc(1024 * 1024);
const DEAF_READERS = 20;
/** Sessions and limits live longer. */
const CLOCK_STEPS_H = [-6, -3, -1, 0, 1, 3, 6];

export class ChaosTroubles {
  readonly #deps: ChaosTroublesDeps;
  readonly #made = new Set<string>();

  constructor(deps: ChaosTroublesDeps) {
    this.#deps = deps;
  }

  /** One trouble and its end: each kind once at first, then by chance. */
  async make(): Promise<void> {
    const { random, ledger, mayFill, clockFile } = this.#deps;
    const troubles: Trouble[] = [
      { weight: 5, name: "kill -9", make: () => this.#restart("SIGKILL") },
      { weight: 2, name: "restart", make: () => this.#restart("SIGTERM") },
      { weight: 4, name: "thread ended", make: () => this.#endThread() },
      { weight: mayFill ? 3 : 0, name: "disk full", make: () => this.#fillDisk(random() < 0.3) },
      { weight: 3, name: "store locked", make: () => this.#lockStore() },
      { weight: clockFile === null ? 0 : 2, name: "clock step", make: async () => this.#stepClock() },
      { weight: 2, name: "slow and dead readers", make: async () => this.#stallReaders() },
    ];
    const fresh = troubles.filter(({ name, weight }) => weight > 0 && !this.#made.has(name));
    const trouble = fresh.length > 0 ? fresh[Math.floor(random() * fresh.length)] : byWeight(troubles, random);
    if (trouble === undefined) return;
    this.#made.add(trouble.name);
    ledger.count(trouble.name);
    await trouble.make();
  }

  async #restart(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    await this.#deps.server.end(signal);
    await this.#deps.server.start();
  }

  async #endThread(): Promise<void> {
    const { server, random, ledger } = this.#deps;
    const program = await server.endThread(random());
    if (program !== null) ledger.count(`ended ${program}`);
  }

  /** @param kill the server has to start on a full disk, or to say why it does not */
  async #fillDisk(kill: boolean): Promise<void> {
    const { dataDir, random } = this.#deps;
    const path = join(dataDir, "ballast");
    const file = openSync(path, "w");
    try {
      for (;;) writeSync(file, MEGABYTE);
    } catch {
      try {
        for (;;) writeSync(file, MEGABYTE.subarray(0, 4096));
      } catch {
        // Full.
      }
    } finally {
      closeSync(file);
    }
    const emptied = sleep(1000 + random() * 4000).then(() => rmSync(path));
    if (kill) await this.#restart("SIGKILL");
    await emptied;
  }

  /** By another program, a backup or a shell, say. */
  async #lockStore(): Promise<void> {
    const { dataDir, random } = this.#deps;
    const database = new DatabaseSync(join(dataDir, "mxray.sqlite"), { timeout: 10_000 });
    try {
      database.exec("begin immediate");
      await sleep(500 + random() * 8000);
      database.exec("rollback");
    } catch {
      // The disk is full, or the server has the lock for longer.
    } finally {
      database.close();
    }
  }

  #stepClock(): void {
    const { clockFile, random } = this.#deps;
    const hours = CLOCK_STEPS_H[Math.floor(random() * CLOCK_STEPS_H.length)] ?? 0;
    if (clockFile !== null) writeFileSync(clockFile, `${hours < 0 ? "" : "+"}${hours}h`);
  }

  /** Of live events: some never read, some go away in the middle, some read a little at a time. */
  #stallReaders(): void {
    const { server, random } = this.#deps;
    const port = Number(new URL(server.url).port);
    for (let count = 0; count < DEAF_READERS; count += 1) {
      const socket = connect(port, "127.0.0.1").on("error", () => undefined);
      socket.write(
        `GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: ${server.headers.cookie}\r\n\r\n`,
      );
      const kind = random();
      if (kind < 0.3) setTimeout(() => socket.destroy(), random() * 2000);
      else if (kind < 0.6) setTimeout(() => socket.pause(), 200);
      else {
        const slow = setInterval(() => (socket.isPaused() ? socket.resume() : socket.pause()), 500).unref();
        socket.once("close", () => clearInterval(slow));
      }
      socket.unref();
    }
  }
}

function byWeight(troubles: readonly Trouble[], random: () => number): Trouble | undefined {
  let chance = random() * troubles.reduce((sum, { weight }) => sum + weight, 0);
  return troubles.find(({ weight }) => {
    chance -= weight;
    return chance <= 0 && weight > 0;
  });
}
