/** The wall's mail flow: read from the rollups at most once a minute, for all screens together. */
import type { LogOutcome, WallFlow } from "@mxray/contracts";
import type { Store } from "@mxray/store";

const MINUTE_MS = 60_000;
const BUCKET_S = 1800;
const BUCKETS = 48;

export class WallMailFlow {
  readonly #store: Store;
  #read: { readonly minute: number; readonly flow: Promise<WallFlow | null> } | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param now milliseconds @returns null where no log is followed */
  async flow(now: number): Promise<WallFlow | null> {
    const minute = Math.floor(now / MINUTE_MS);
    if (this.#read?.minute !== minute) this.#read = { minute, flow: readFlow(this.#store, now) };
    try {
      return await this.#read.flow;
    } catch (error) {
      // What could not be read is asked for again.
      this.#read = null;
      throw error;
    }
  }
}

async function readFlow(store: Store, now: number): Promise<WallFlow | null> {
  if ((await store.logs.sources()).length === 0) return null;
  const to = (Math.floor(now / 1000 / BUCKET_S) + 1) * BUCKET_S;
  const from = to - BUCKETS * BUCKET_S;
  const buckets = Array.from({ length: BUCKETS }, () => ({ delivered: 0, deferred: 0, stalled: 0 }));
  for (const { start, key, count } of await store.logs.outcomes({ from, to }, BUCKET_S)) {
    const [bucket, name] = [buckets[(start - from) / BUCKET_S], shownAs(key)];
    if (bucket !== undefined && name !== null) bucket[name] += count;
  }
  return { from: new Date(from * 1000).toISOString(), bucketSeconds: BUCKET_S, buckets };
}

/** What was refused for good is no matter of the network's. */
function shownAs(outcome: LogOutcome): "delivered" | "deferred" | "stalled" | null {
  switch (outcome) {
    case "sent":
      return "delivered";
    case "deferred":
    case "stalled":
      return outcome;
    case "bounced":
    case "expired":
      return null;
  }
}
