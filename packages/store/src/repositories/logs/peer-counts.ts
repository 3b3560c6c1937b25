/** The numbers of one peer from its counts. */
import {
  type ClassCount,
  episodeStageOfMeasure,
  isContentStage,
  LOG_CAPS,
  type LogPeer,
  type LogWriter,
  PEER_SIGNS,
  type SizeTally,
  signOfMeasure,
  stallStageOfMeasure,
  writerOfMeasure,
} from "@mxray/contracts";
import { type CountedRow, extremeOf, isContentStall, type SentSince, timeOf } from "./counted-rows.ts";

type Numbers = Omit<LogPeer, "name" | "address" | "port" | "direction" | "reach" | "examples">;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class PeerCounts {
  readonly #rows: readonly CountedRow[];
  readonly stalled: number;
  readonly messages: number;

  constructor(rows: readonly CountedRow[]) {
    this.#rows = rows;
    this.stalled = sum(rows.filter(({ measure }) => stallStageOfMeasure(measure) !== null));
    this.messages = this.#sum("sent", "recovered", "again", "deferred", "bounced", "broken");
  }

  /** PIX lines or signs alone make a peer, too. */
  get isSeen(): boolean {
    return this.messages + this.stalled + this.#sum("expired") > 0 || this.hasPix || this.hasSigns;
  }

  get hasSigns(): boolean {
    return this.#rows.some(({ measure }) => signOfMeasure(measure) !== null);
  }

  get hasPix(): boolean {
    return this.#of("pix").length > 0;
  }

  /** Start of the minute of the first content stall, unix seconds. */
  get stalledSince(): number | null {
    const starts = this.#rows.filter(isContentStall).map(({ first }) => first);
    return starts.length === 0 ? null : Math.min(...starts);
  }

  get smallestStalled(): number | null {
    return extent(this.#of("stalled"), "least");
  }

  numbers(since: ReadonlyMap<number, SentSince>): Numbers {
    const [deferred, bounced] = [this.#sum("deferred"), this.#sum("bounced")];
    const arrived = this.#of("sent", "recovered");
    const dated = this.#of("sent", "recovered", "again").filter(({ first }) => first > 0);
    const content = this.#rows.filter(isContentStall);
    const stalls = this.#rows.filter(({ measure }) => stallStageOfMeasure(measure) !== null);
    const received = this.#of("received").sort((a, b) => b.count - a.count || a.value - b.value);
    const recoveredMost = extent(this.#of("recovered"), "most");
    const sinceMost = [...since.values()].flatMap(({ most }) => most ?? []);
    return {
      sent: this.#sum("sent", "recovered", "again"),
      failed: deferred + bounced + this.#sum("broken"),
      stalled: this.stalled,
      deferred,
      bounced,
      expired: this.#sum("expired"),
      largestSent: extent(arrived, "most"),
      smallestStalled: this.smallestStalled,
      stalls: stallsOf(this.#rows),
      sizes: this.#sizes(since),
      largestSentSince: recoveredMost === null && sinceMost.length === 0 ? null : Math.max(recoveredMost ?? 0, ...sinceMost),
      largestStalled: extent(this.#of("stalled"), "most"),
      firstSent: dated.length === 0 ? null : timeOf(Math.min(...dated.map(({ first }) => first))),
      lastSent: dated.length === 0 ? null : timeOf(Math.max(...dated.map(({ last }) => last))),
      firstStalled: extremeOf(content, "least"),
      lastStalled: extremeOf(content, "most"),
      firstStall: extremeOf(stalls, "least"),
      lastStall: extremeOf(stalls, "most"),
      firstPix: extremeOf(this.#of("pix"), "least"),
      lastPix: extremeOf(this.#of("pix"), "most"),
      stallSeconds: classes(this.#of("stall-seconds")),
      receivedBytes: received.slice(0, LOG_CAPS.receivedBytes).map(({ value, count }) => ({ bytes: value, count })),
      receivedBytesOther: sum(received.slice(LOG_CAPS.receivedBytes)),
      pix: this.#of("pix")
        .map(({ note, count }) => ({ words: note, count }))
        .sort((a, b) => b.count - a.count || (a.words < b.words ? -1 : 1))
        .slice(0, LOG_CAPS.pixWords),
      signs: signsOf(this.#rows),
      recipientsStalled: this.#recipientsStalled(),
      writers: writersOf(this.#rows),
    };
  }

  #recipientsStalled(): LogPeer["recipientsStalled"] {
    const rows = this.#of("recipients");
    const [lines, least, most] = [sum(rows), extent(rows, "least"), extent(rows, "most")];
    return lines === 0 || least === null || most === null ? null : { lines, least, most };
  }

  #sizes(since: ReadonlyMap<number, SentSince>): SizeTally[] {
    const tallies = new Map<number, Mutable<SizeTally>>();
    const at = (value: number) => {
      const tally = tallies.get(value) ?? { class: value, sent: 0, sentSince: 0, stalled: 0, attempts: 0, recovered: 0, episodes: 0 };
      tallies.set(value, tally);
      return tally;
    };
    for (const { value, count } of this.#of("sent").filter(isSized)) at(value).sent += count;
    for (const { value, count } of this.#of("recovered").filter(isSized)) {
      const tally = at(value);
      tally.sent += count;
      tally.sentSince += count;
      tally.recovered += count;
    }
    for (const [value, { count }] of since) at(value).sentSince += count;
    for (const { measure, value, count } of this.#of("stalled", "stalled-again")) {
      const tally = at(value);
      tally.attempts += count;
      if (measure === "stalled") tally.stalled += count;
    }
    for (const { measure, value, count } of this.#rows.filter(isSized)) {
      if (isContentStage(episodeStageOfMeasure(measure))) at(value).episodes += count;
    }
    return [...tallies.values()].sort((a, b) => a.class - b.class);
  }

  #of(...measures: CountedRow["measure"][]): CountedRow[] {
    return this.#rows.filter(({ measure }) => measures.includes(measure));
  }

  #sum(...measures: CountedRow["measure"][]): number {
    return sum(this.#of(...measures));
  }
}

function isSized({ value }: CountedRow): boolean {
  return value >= 0;
}

function stallsOf(rows: readonly CountedRow[]): LogPeer["stalls"] {
  const stages = Map.groupBy(rows, ({ measure }) => stallStageOfMeasure(measure) ?? episodeStageOfMeasure(measure));
  return [...stages]
    .flatMap(([stage, own]) => {
      if (stage === null) return [];
      const episodes = sum(own.filter(({ measure }) => episodeStageOfMeasure(measure) !== null));
      const timeouts = sum(own.filter(({ measure }) => measure.startsWith("timeout ")));
      const losses = sum(own) - timeouts - episodes;
      return [{ stage, timeouts, losses, episodes, first: extremeOf(own, "least"), last: extremeOf(own, "most") }];
    })
    .sort((a, b) => (a.stage < b.stage ? -1 : 1));
}

function signsOf(rows: readonly CountedRow[]): LogPeer["signs"] {
  return PEER_SIGNS.flatMap((sign) => {
    const own = rows.filter(({ measure }) => signOfMeasure(measure) === sign);
    if (own.length === 0) return [];
    const lines = sum(own.filter(({ measure }) => measure.startsWith("line ")));
    return [{ sign, count: Math.max(lines, sum(own) - lines), first: extremeOf(own, "least"), last: extremeOf(own, "most") }];
  });
}

export function writersOf(rows: readonly CountedRow[]): LogWriter[] {
  const written = Map.groupBy(rows, ({ measure }) => writerOfMeasure(measure));
  return [...written]
    .flatMap(([mta, own]) => (mta === null ? [] : [{ mta, lines: sum(own) }]))
    .sort((a, b) => b.lines - a.lines || (a.mta < b.mta ? -1 : 1));
}

function classes(rows: readonly CountedRow[]): ClassCount[] {
  return rows.map(({ value, count }) => ({ class: value, count })).sort((a, b) => a.class - b.class);
}

function sum(rows: readonly CountedRow[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}

function extent(rows: readonly CountedRow[], which: "least" | "most"): number | null {
  const values = rows.flatMap((row) => row[which] ?? []);
  if (values.length === 0) return null;
  return which === "least" ? Math.min(...values) : Math.max(...values);
}
