/**
 * Stalls of peers, by stage, in one table of numbers: a peer that stalls has a row, so that each further stall touches one place
 * in memory however many peers and stages there are. Rows of peers that are dropped are used again.
 */
import { MAIL_STAGES, type MailStage } from "@mxray/contracts";
import { NO_TIME, type SecondSpan } from "./second-span.ts";

export interface StallTally extends SecondSpan {
  readonly stage: MailStage;
  readonly timeouts: number;
  readonly losses: number;
  readonly episodes: number;
}

/** Cells of one stage. */
const LOSSES = 1;
const EPISODES = 2;
const FIRST = 3;
const LAST = 4;
const CELLS = 5;
const ROW = MAIL_STAGES.length * CELLS;
const ROWS_OF_PART = 256;
const PLACES = new Map(MAIL_STAGES.map((stage, index) => [stage, index * CELLS]));

export class StallTable {
  /** The latest part. Parts are not copied when there are more peers. */
  #part = new Float64Array(0);
  #used = 0;
  readonly #free: StallRow[] = [];

  row(): StallRow {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#used >= this.#part.length) {
      this.#part = new Float64Array(ROWS_OF_PART * ROW);
      this.#used = 0;
    }
    const row = new StallRow(this.#part, this.#used);
    row.clear();
    this.#used += ROW;
    return row;
  }

  release(row: StallRow): void {
    row.clear();
    this.#free.push(row);
  }
}

export class StallRow {
  readonly #cells: Float64Array;
  readonly #from: number;

  constructor(cells: Float64Array, from: number) {
    this.#cells = cells;
    this.#from = from;
  }

  clear(): void {
    this.#cells.fill(0, this.#from, this.#from + ROW);
    for (let at = this.#from; at < this.#from + ROW; at += CELLS) this.#cells[at + LAST] = NO_TIME;
  }

  /** @param timeMs NaN where the line has no time */
  add(stage: MailStage, timedOut: boolean, timeMs: number, times: number): void {
    const cells = this.#cells;
    const at = this.#placeOf(stage);
    const count = timedOut ? at : at + LOSSES;
    cells[count] = (cells[count] as number) + times;
    if (Number.isNaN(timeMs)) return;
    const second = Math.floor(timeMs / 1000);
    if (cells[at + LAST] === NO_TIME || second < (cells[at + FIRST] as number)) cells[at + FIRST] = second;
    if (second > (cells[at + LAST] as number)) cells[at + LAST] = second;
  }

  addEpisode(stage: MailStage): void {
    const at = this.#placeOf(stage) + EPISODES;
    this.#cells[at] = (this.#cells[at] as number) + 1;
  }

  /** Stages at which it stalled. */
  tallies(): StallTally[] {
    return MAIL_STAGES.map((stage, index) => this.#tally(stage, this.#from + index * CELLS)).filter(
      ({ timeouts, losses, episodes }) => timeouts > 0 || losses > 0 || episodes > 0,
    );
  }

  #tally(stage: MailStage, at: number): StallTally {
    const [timeouts = 0, losses = 0, episodes = 0, first = 0, last = NO_TIME] = this.#cells.subarray(at, at + CELLS);
    return { stage, timeouts, losses, episodes, first, last };
  }

  #placeOf(stage: MailStage): number {
    return this.#from + (PLACES.get(stage) ?? 0);
  }
}
