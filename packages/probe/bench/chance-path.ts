/** Paths on which chance alone decides, for the search functions: packets of some sizes are lost now and then, none is always lost. */
import type { Rung } from "@mxray/contracts";
import type { CarriedRung, RungCarrier } from "../src/path/path-search.ts";
import type { SmtpSession } from "../src/session/smtp-session.ts";

export interface ChancePath {
  readonly name: string;
  /** Probability that one transmission is lost, 0 to 1. @param size bytes of the IP packet */
  readonly loss: (size: number) => number;
  /** Mean number of packets that a burst of losses lasts; 1 for losses that know nothing of each other. */
  readonly burst: number;
  /** Losses come in outages of up to so long, uniform, milliseconds: `loss` is then the share of the time. */
  readonly outageMs?: number;
}

const TOP = 1500;
const SMALL = 100;
/** Transmissions of a packet before its rung ends as stalled. */
const TRANSMISSIONS = 3;
/** Small segments that follow each packet. */
const TAILS = 2;

/** One path in use, as the kernel reports it. */
export class ChanceTraffic {
  readonly #path: ChancePath;
  readonly #random: () => number;
  #inBurst = false;
  /** When the outage, or the time without one, ends, milliseconds. */
  #until = 0;
  sent = 0;
  lost = 0;

  constructor(path: ChancePath, random: () => number) {
    this.#path = path;
    this.#random = random;
  }

  /** Whether this transmission arrives. In a burst all that can be lost is lost. */
  arrives(size: number, atMs = 0): boolean {
    const { loss, burst, outageMs } = this.#path;
    const chance = loss(size);
    if (chance === 0) return true;
    if (outageMs !== undefined) return !this.#isOut(atMs, outageMs, chance);
    if (this.#inBurst && this.#random() < 1 - 1 / burst) return false;
    this.#inBurst = this.#random() < chance / burst;
    return !this.#inBurst;
  }

  #isOut(atMs: number, longestMs: number, share: number): boolean {
    while (atMs >= this.#until) {
      this.#inBurst = !this.#inBurst;
      const mean = this.#inBurst ? 1 : (1 - share) / share;
      this.#until += this.#random() * longestMs * mean;
    }
    return this.#inBurst;
  }

  sendSmall(segments: number): void {
    for (let each = 0; each < segments; each += 1) {
      this.sent += 1;
      if (!this.arrives(SMALL)) this.lost += 1;
    }
  }

  get total(): { readonly sent: number; readonly lost: number } {
    return { sent: this.sent, lost: this.lost };
  }
}

/** @param connections that the probe may open in all */
export function chanceCarrier(
  traffic: ChanceTraffic,
  family: 4 | 6,
  connections = 5,
): { readonly carrier: RungCarrier; readonly first: SmtpSession } {
  let opened = 1;
  const open = (): SmtpSession => {
    traffic.sendSmall(1);
    return { connection: { reset: () => undefined, close: () => undefined }, number: opened } as unknown as SmtpSession;
  };
  const offer = async (_session: SmtpSession, size: number): Promise<CarriedRung> => {
    let losses = 0;
    while (losses < TRANSMISSIONS && !traffic.arrives(size)) losses += 1;
    const lostBefore = traffic.lost;
    traffic.sendSmall(TAILS);
    const sacked = traffic.lost - lostBefore < TAILS;
    const lost = losses === TRANSMISSIONS;
    const released = lost && family === 4 && (traffic.arrives(size) || traffic.arrives(size));
    if (!lost) traffic.sendSmall(2);
    const outcome: Rung["outcome"] = released ? "released" : lost ? "stalled" : "acked";
    const rung: Rung = {
      connection: opened,
      size,
      unit: "packet",
      ladder: "noop",
      outcome,
      ms: 1,
      retransmits: losses,
      at: 0,
      sacked,
      tls: false,
      clampedMss: null,
    };
    return { rung, losses, usable: !lost || released, sentAway: false, trouble: null, resizedTo: null };
  };
  const first = open();
  const reopen = async () => {
    if (opened >= connections) return null;
    opened += 1;
    return open();
  };
  return { carrier: { ladder: "noop", perConnection: 9, largest: () => TOP, reopens: () => connections - opened, reopen, offer }, first };
}
