/** What a relayed link does to packets, for each of its two directions. Everything left out does not happen. */

export interface RelayConditions {
  /** Added to every packet, milliseconds. */
  readonly delayMs?: number;
  /** A further delay between 0 and this, uniform, milliseconds. Packets keep their order. */
  readonly jitterMs?: number;
  /** Share of packets lost at random, 0 to 1. */
  readonly loss?: number;
  /** The link alternates between carrying everything and carrying nothing. */
  readonly bursts?: {
    /** Mean length of the good times (exponential), milliseconds. */
    readonly goodMs: number;
    /** Shortest and longest outage (uniform), milliseconds. */
    readonly outageMs: readonly [number, number];
  };
  /** Loses this share (0 to 1) of IP packets of more than `above` bytes, and no others. */
  readonly largeLoss?: { readonly above: number; readonly share: number };
  /** A token bucket: what exceeds it is lost. Bytes per second, and the bucket's size in bytes. */
  readonly police?: { readonly rate: number; readonly burst: number };
  /** A queue drained at `rate` bytes per second; what does not fit into `queue` bytes is lost. */
  readonly shape?: { readonly rate: number; readonly queue: number };
  /** This share (0 to 1) of packets arrives `lateMs` milliseconds late, behind packets sent after it. */
  readonly reorder?: { readonly share: number; readonly lateMs: number };
  /** Share (0 to 1) of packets that arrive twice. */
  readonly duplicates?: number;
}

/** Per direction of the relayed link: outbound is from the client towards the server. */
export interface RelayPlan {
  readonly outbound?: RelayConditions;
  readonly inbound?: RelayConditions;
  /** Same seed, same choices in the order of the packets; default 1. */
  readonly seed?: number;
}
