/** What the server acknowledged, and what went wrong: compared with what is there when the chaos is over. */

export interface LedgerLink {
  readonly id: string;
  readonly token: string;
  /** Null where a revocation was asked for and not answered. */
  revoked: boolean | null;
}

export class ChaosLedger {
  /** Of probes that were accepted. */
  readonly probes = new Set<string>();
  /** By recipient, each used for one confirmed test. */
  readonly deliveries = new Map<string, string>();
  readonly notes: { readonly findingId: string; readonly note: string }[] = [];
  readonly links: LedgerLink[] = [];
  /** By target: whether it must be watched; null where that was not answered. */
  readonly watches = new Map<string, boolean | null>();
  /** Values of the setting that may be in effect: more than one where a change was not answered. */
  contacts: (string | null)[] = [null];
  /** Lines written to each log. */
  readonly lines = new Map<string, number>();
  readonly acts = new Map<string, number>();
  readonly statuses = new Map<number, number>();
  readonly violations: string[] = [];
  slowestAnswerMs = 0;

  count(what: string): void {
    this.acts.set(what, (this.acts.get(what) ?? 0) + 1);
  }

  violate(what: string): void {
    if (this.violations.length < 100) this.violations.push(what);
  }
}
