/**
 * V8's memory for short-lived objects. It grows to 128 MB where much is allocated, and a scan is no faster with more than 16. Its limit
 * can be given only to a new process, so growth is stopped once it is large enough.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

const LARGE_ENOUGH = 16 * 2 ** 20;

export class YoungGeneration {
  #stopped = false;

  /** To be called now and then: it grows step by step. */
  limit(): void {
    if (this.#stopped) return;
    const size = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space")?.space_size ?? 0;
    if (size < LARGE_ENOUGH) return;
    setFlagsFromString("--semi-space-growth-factor=1");
    this.#stopped = true;
  }
}
