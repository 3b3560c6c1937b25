/**
 * Chores: what is done again and again, by one process at a time (see store.ts). A row says when each is due, so that neither a
 * restart nor a second process misses or repeats one.
 */

export interface ChoreClaim {
  readonly now: string;
  /** Until then nobody else begins it. */
  readonly until: string;
  /** One that is due later than this is due now: the clock was set back. */
  readonly latest: string;
}

export interface ChoreStore {
  /** Due at this time, unless it is due before. */
  ask(name: string, at: string): Promise<void>;
  /** True for one caller once it is due. */
  claim(name: string, claim: ChoreClaim): Promise<boolean>;
  /** True for one caller at a time: it is not due again before `claim.until`, and need not have been asked for. */
  turn(name: string, claim: ChoreClaim): Promise<boolean>;
  /** Forgets turns that came before this time. @param prefix of their names, without % and _ */
  forgetTurns(prefix: string, before: string): Promise<void>;
  /** It was done, or is tried again: due at `next`, unless somebody asked for it since it was claimed until `until`. */
  done(name: string, until: string, next: string): Promise<void>;
}
