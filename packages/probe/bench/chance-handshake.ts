/**
 * TLS handshakes over a path that loses packets, segment by segment, as the inbound search sees them: a host sends its flight,
 * sends again what selective acknowledgements show to be missing, and repeats the first missing segment at each time-out.
 */
import type { InboundTrial } from "../src/path/inbound-search.ts";
import type { HandshakePatience } from "../src/session/handshake-watch.ts";

/** Whether a packet of this many bytes arrives that is sent at this time, milliseconds. */
export type Wire = (size: number, atMs: number) => boolean;

const HEADERS = 40;
const OPTIONS = 12;
const SMALL = 100;
const RTO_MS = 200;
const ROUND_TRIP_MS = 2;
/** Time-outs within which the watch of a handshake gives up. */
const TIMEOUTS = { hasty: 1.3, patient: 3.2, thorough: 7.2, stubborn: 15.2 } as const;
/** Opening the connection, EHLO and STARTTLS. */
const OPENING_MS = 8;
const LARGEST_GUESS = 536 + HEADERS;

export interface ChanceHost {
  /** Bytes of the host's flight. */
  readonly flight: number;
  /** The host sends again what selective acknowledgements show to be missing (RFC 6675, RFC 8985); else it waits for its time-out. */
  readonly selective: boolean;
}

/** EHLO and STARTTLS before each handshake; and, of the dialogue before the first one, EHLO and the envelope. */
const REPLIES = { each: 2, before: 4 } as const;

export class ChanceHandshakes {
  /** Small packets of the host's, and those of them that were lost at first. */
  readonly replies = { sent: 0, lost: 0 };
  readonly #wire: Wire;
  readonly #host: ChanceHost;
  #now = 0;

  constructor(wire: Wire, host: ChanceHost) {
    this.#wire = wire;
    this.#host = host;
    this.#converse(REPLIES.before);
  }

  /** One handshake with this MSS advertised, bytes. */
  trial(mss: number, patience: HandshakePatience): InboundTrial {
    this.#now += OPENING_MS;
    this.#converse(REPLIES.each);
    const start = this.#now;
    const payload = mss - OPTIONS;
    const full = Math.floor(this.#host.flight / payload);
    const tail = this.#host.flight - full * payload;
    const sizes = [...new Array<number>(full).fill(mss + HEADERS), ...(tail > 0 ? [tail + OPTIONS + HEADERS] : [])];
    const flight = new Flight(sizes, (size) => this.#wire(size, this.#now));
    flight.sendAll();
    this.#now += ROUND_TRIP_MS;
    // A loss probe repeats the last segment (RFC 8985 §7).
    if (!flight.complete && !flight.reported) flight.sendLast();
    const reported = flight.reported;
    if (this.#host.selective && reported) flight.sendAll();
    const stall = this.#repeatFirst(flight, patience);
    const ms = this.#now - start;
    const large = { arrived: Math.min(full, flight.inOrder), late: Math.min(full, flight.late) };
    const received = sizes.slice(0, flight.inOrder).reduce((sum, size) => sum + size - OPTIONS - HEADERS, 0);
    const largest = flight.largest > LARGEST_GUESS ? flight.largest : null;
    const common = { ms, outOfOrder: flight.outOfOrder, large, received, largest };
    return stall === null ? { outcome: "arrived", ...common } : { outcome: "stalled", ...common, ...stall };
  }

  #converse(replies: number): void {
    for (let each = 0; each < replies; each += 1) {
      this.#now += ROUND_TRIP_MS;
      this.replies.sent += 1;
      if (this.#wire(SMALL, this.#now)) continue;
      this.replies.lost += 1;
      this.#now += RTO_MS;
    }
  }

  /** Null when the flight arrives in the end. */
  #repeatFirst(flight: Flight, patience: HandshakePatience): Pick<InboundTrial, "losses" | "repeated"> | null {
    while (!flight.complete) {
      const since = this.#now;
      const whole = this.#host.selective && flight.reported ? 1 : 0;
      const small = () => this.#wire(SMALL, this.#now) && this.#wire(SMALL, this.#now);
      let passed = false;
      let first = 0;
      for (let timeout = RTO_MS; this.#now - since + timeout < TIMEOUTS[patience] * RTO_MS; timeout *= 2) {
        this.#now += timeout;
        passed ||= small();
        if (flight.sendFirst()) break;
        first += 1;
      }
      if (flight.moved()) {
        flight.sendAll();
        continue;
      }
      this.#now = since + TIMEOUTS[patience] * RTO_MS;
      const losses = passed && flight.reported ? 1 + Math.floor(Math.log2(TIMEOUTS[patience] + 1)) : null;
      return { losses, repeated: { whole, first } };
    }
    return null;
  }
}

class Flight {
  readonly #sizes: readonly number[];
  readonly #arrives: (size: number) => boolean;
  readonly #have = new Set<number>();
  #before = 0;
  outOfOrder = 0;
  late = 0;
  largest = 0;

  constructor(sizes: readonly number[], arrives: (size: number) => boolean) {
    this.#sizes = sizes;
    this.#arrives = arrives;
  }

  get complete(): boolean {
    return this.#have.size === this.#sizes.length;
  }

  /** Segments that arrived with none before them missing. */
  get inOrder(): number {
    const missing = this.#sizes.findIndex((_, index) => !this.#have.has(index));
    return missing === -1 ? this.#sizes.length : missing;
  }

  /** A later segment arrived while an earlier one is missing. */
  get reported(): boolean {
    return this.#have.size > this.inOrder;
  }

  /** Whether more came in order since this was asked last. */
  moved(): boolean {
    const before = this.#before;
    this.#before = this.inOrder;
    return this.#before > before;
  }

  sendAll(): void {
    const again = this.#have.size > 0;
    for (const index of this.#sizes.keys()) if (!this.#have.has(index)) this.#send(index, again);
    this.moved();
  }

  sendLast(): void {
    this.#send(this.#sizes.length - 1, true);
  }

  sendFirst(): boolean {
    return this.#send(this.inOrder, true);
  }

  #send(index: number, again: boolean): boolean {
    const size = this.#sizes[index] ?? 0;
    if (!this.#arrives(size)) return false;
    if (index > this.inOrder) this.outOfOrder += 1;
    if (again) this.late += 1;
    this.#have.add(index);
    this.largest = Math.max(this.largest, size);
    return true;
  }
}
