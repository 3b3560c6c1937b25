/**
 * Which of the server's own work is not done at the moment, and why: for /readyz and for pages that are open. Strangers may read it, so
 * it says nothing of what the work is about; errors themselves are in the server's log.
 */
import type { ServerWork, WorkProblem } from "@mxray/contracts";
import { StoreError } from "@mxray/store";

const NOT_DONE: Readonly<Record<ServerWork, string>> = {
  store: "The store did not answer",
  statistics: "Statistics of logs and peers were not computed",
  logs: "Followed logs are not read",
  "log-findings": "Findings from logs are not updated",
  "our-side": "Findings are not checked for a common cause on this side",
  host: "The health of this machine is not measured",
  housekeeping: "Old data is not deleted",
  erasing: "Deleted data is still on the disk",
  probes: "Probes do not start",
  "probe-results": "Results of probes are kept in memory and not stored yet",
  watches: "Watched targets are not probed",
  alerts: "Alerts are not sent",
};

export class WorkHealth {
  readonly #problems = new Map<ServerWork, WorkProblem>();
  readonly #failures = new Map<ServerWork, number>();
  #onChange: () => void = () => undefined;

  /** Replaces the former listener. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** @param reason follows "because"; an error is put into words */
  failed(work: ServerWork, reason: unknown): void {
    const message = `${NOT_DONE[work]} because ${typeof reason === "string" ? reason : reasonOf(reason)}. It is tried again.`;
    this.#failures.set(work, this.failures(work) + 1);
    const before = this.#problems.get(work);
    if (before?.message === message) return;
    this.#problems.set(work, { work, message, since: before?.since ?? new Date().toISOString() });
    this.#onChange();
  }

  succeeded(work: ServerWork): void {
    if (this.#problems.delete(work)) this.#onChange();
  }

  /** Failed attempts since the server started. */
  failures(work: ServerWork): number {
    return this.#failures.get(work) ?? 0;
  }

  problems(): WorkProblem[] {
    return [...this.#problems.values()];
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof StoreError)) return "of an error in mxray, which is in the server's log";
  switch (error.trouble) {
    case "locked":
      return "another program has locked the store";
    case "full":
      return "the disk of the store is full";
    case "forbidden":
      return "this user may not write the store";
    case "ended":
      return "a thread of the server ended";
    case "unreachable":
      return "PostgreSQL does not answer";
    case "damaged":
      return "the store is damaged";
    case "io":
      return "the disk of the store failed";
    case "newer":
    case "unfinished":
    case "other":
      return "of an error of the store, which is in the server's log";
  }
}
