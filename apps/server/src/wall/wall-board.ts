/** The wall's facts, read once for all screens that ask within a moment. */
import type { WallGrouping, WallSnapshot } from "@mxray/contracts";
import type { Store, WallFacts } from "@mxray/store";
import { WallMailFlow } from "./wall-flow.ts";
import { CALM_DAYS, wallSnapshot } from "./wall-snapshot.ts";

/** The oldest facts that a screen is given; also the most often that a screen is sent a change. */
export const WALL_FRESH_MS = 1000;
const DAY_MS = 24 * 3600 * 1000;
const LIMITS = { findings: 500, changed: 12, probes: 1000 } as const;

export class WallBoard {
  readonly #store: Store;
  readonly #version: string;
  readonly #flow: WallMailFlow;
  #facts: { readonly readAt: number; readonly read: Promise<WallFacts> } | null = null;

  constructor({ store, version }: { readonly store: Store; readonly version: string }) {
    this.#store = store;
    this.#version = version;
    this.#flow = new WallMailFlow(store);
  }

  async snapshot(grouping: WallGrouping): Promise<WallSnapshot> {
    const now = Date.now();
    if (this.#facts === null || now - this.#facts.readAt >= WALL_FRESH_MS) {
      const since = new Date(now - CALM_DAYS * DAY_MS).toISOString();
      this.#facts = { readAt: now, read: this.#store.wall.facts({ since, now: Math.floor(now / 1000), ...LIMITS }) };
    }
    const { read } = this.#facts;
    try {
      return wallSnapshot({ ...(await read), flow: await this.#flow.flow(now) }, grouping, this.#version, new Date(now));
    } catch (error) {
      // What could not be read is asked for again.
      this.#facts = null;
      throw error;
    }
  }
}
