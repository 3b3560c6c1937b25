/**
 * Why a store cannot be opened or used. `newer`: a newer mxray wrote it. `unfinished`: an upgrade by an mxray that did not yet run
 * them in transactions was interrupted. `ended`: the engine's thread ended, and is started again. `unreachable`:
 * PostgreSQL does not answer. `io`, `other`: only the engine's own words say more.
 */
export type StoreTrouble = "locked" | "full" | "damaged" | "forbidden" | "newer" | "unfinished" | "ended" | "unreachable" | "io" | "other";

/** The store could not be opened or used. The message is for a person; from `openStore`, it is one sentence with the remedy. */
export class StoreError extends Error {
  readonly trouble: StoreTrouble;

  constructor(message: string, trouble: StoreTrouble = "other", options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}
