/** The pictures of the shares that were asked for lately: drawing one takes a while, and a chat asks once for every reader. */
import type { SharedDiagnosis } from "@mxray/contracts";
import { drawShareCard } from "./share-card.ts";

const MOST_CARDS = 50;

export class ShareCards {
  readonly #cards = new Map<string, Promise<Buffer>>();

  /** @param key of the share: what it shows never changes */
  card(key: string, shared: SharedDiagnosis): Promise<Buffer> {
    const kept = this.#cards.get(key) ?? drawShareCard(shared);
    // The one asked for last goes to the end, the one longest not asked for goes.
    this.#cards.delete(key);
    this.#cards.set(key, kept);
    kept.catch(() => this.#cards.delete(key));
    const [oldest] = this.#cards.keys();
    if (this.#cards.size > MOST_CARDS && oldest !== undefined) this.#cards.delete(oldest);
    return kept;
  }
}
