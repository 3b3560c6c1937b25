/** The store could not be opened or used; the message is one sentence for a person, with the remedy. */
export class StoreError extends Error {}
