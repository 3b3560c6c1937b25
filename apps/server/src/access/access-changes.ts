/** Calls streams that are open when the rights of somebody change, so that each can look whether its reader may still read. */
export class AccessChanges {
  readonly #listeners = new Set<() => void>();

  /** Gives what ends the calls. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  happened(): void {
    for (const listener of this.#listeners) listener();
  }
}
