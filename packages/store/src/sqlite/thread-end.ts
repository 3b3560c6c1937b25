/** Why a worker thread ended without an order to, in words that follow "because". */

/** @param error what its `error` event brought, if there was one */
export function threadEndReason(error: unknown, status: number): string {
  if (error === undefined) return `it ended with status ${status}`;
  if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") return "it ran out of memory";
  return "of an error in it, which is in the server's log";
}
