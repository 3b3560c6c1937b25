/**
 * What is sent to one wall screen: a snapshot, another whenever it differs, and a beat where nothing has changed, so that a
 * screen that hears nothing knows that it is stale. Ends when the screen may no longer look.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { WallBeat, WallSnapshot } from "@mxray/contracts";
import { hasEnded, type LiveFeed } from "../live-feed.ts";
import { WALL_FRESH_MS } from "./wall-board.ts";

/** A screen calls itself stale after two beats that did not come (apps/web, wall-feed.ts). */
const WALL_BEAT_MS = 5000;

export type WallMessage = { readonly event: "snapshot"; readonly data: WallSnapshot } | { readonly event: "beat"; readonly data: WallBeat };

export interface WallMessagesDeps {
  readonly feed: LiveFeed;
  readonly snapshot: () => Promise<WallSnapshot>;
  readonly mayLook: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

export async function* wallMessages({ feed, snapshot, mayLook, signal }: WallMessagesDeps): AsyncGenerator<WallMessage> {
  const ended = new EndedProbes(feed, signal);
  let sent = "";
  while (!signal.aborted && (await mayLook())) {
    const now = await snapshot();
    const said = JSON.stringify({ ...now, at: null });
    yield said === sent ? { event: "beat", data: { at: now.at } } : { event: "snapshot", data: now };
    sent = said;
    await pause(WALL_FRESH_MS, signal);
    await ended.next(WALL_BEAT_MS - WALL_FRESH_MS, signal);
  }
}

/** Tells that probes have ended since it was asked last, however many: a screen is never behind by more than one change. */
class EndedProbes {
  #any = false;
  #tell = () => {};

  constructor(feed: LiveFeed, signal: AbortSignal) {
    feed.listen((event) => {
      if (event.type !== "probe" || !hasEnded(event.probe)) return;
      this.#any = true;
      this.#tell();
    }, signal);
  }

  /** @param ms after which it returns at the latest: a question that was given up must not take the answer to the next one */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#any) await Promise.race([new Promise<void>((resolve) => (this.#tell = resolve)), pause(ms, signal)]);
    this.#any = false;
  }
}

/** Ends early, and in peace, when the stream does. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
