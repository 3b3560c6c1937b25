/**
 * What the byte counts of "lost connection after DATA (N bytes)" pile up at, and what that means. A server counts what has
 * reached it of the content, so the count says where the flow stopped. Most counts being the same is a pile; no pile means
 * that something else than a size decides.
 */
import type { LogPeer } from "@mxray/contracts";

type PileKind = "nothing" | "part-of-a-packet" | "whole-packets" | "64-kB" | "one-count" | "scattered";

export interface ReceivedPile {
  readonly kind: PileKind;
  /** The count at the pile, bytes; null when scattered. */
  readonly bytes: number | null;
  /** Losses at it, and all losses with a count. */
  readonly count: number;
  readonly total: number;
  /** Of `whole-packets`. */
  readonly mss: number | null;
}

/** At least half of the losses make a pile. */
const PILE_SHARE = 0.5;
/** Around 64 kB, bytes: a buffer of that size with what a proxy adds or holds back (one segment). */
const AROUND_64_KB = { from: 65_536 - 1460, to: 65_536 + 1460 } as const;
/** Less than the content of any full-size packet (IPv6's least MTU less headers and timestamps), bytes. */
const LEAST_MSS = 1208;
/** MSS of common links, with and without timestamps, bytes: Ethernet, PPPoE, ASA's 1380, tunnels of 1420 and 1400, 1280. */
const COMMON_MSS = [1460, 1448, 1452, 1440, 1428, 1380, 1368, 1360, 1348, 1220, 1208] as const;
/** Packets of a usual initial congestion window (RFC 6928): what is sent before the first acknowledgement. */
const INITIAL_WINDOW = 10;

/** Null where no loss has a byte count. */
export function receivedPileOf({
  receivedBytes,
  receivedBytesOther,
}: Pick<LogPeer, "receivedBytes" | "receivedBytesOther">): ReceivedPile | null {
  const total = receivedBytes.reduce((sum, { count }) => sum + count, receivedBytesOther);
  if (total === 0) return null;
  const near64 = receivedBytes.filter(({ bytes }) => isAround64k(bytes)).reduce((sum, { count }) => sum + count, 0);
  if (near64 >= total * PILE_SHARE) return { kind: "64-kB", bytes: 65_536, count: near64, total, mss: null };
  const top = receivedBytes.reduce((most, entry) => (entry.count > most.count ? entry : most), { bytes: 0, count: 0 });
  if (top.count < total * PILE_SHARE) return { kind: "scattered", bytes: null, count: 0, total, mss: null };
  const mss = wholePackets(top.bytes);
  return { kind: kindOf(top.bytes, top.count, mss), bytes: top.bytes, count: top.count, total, mss };
}

function isAround64k(bytes: number): boolean {
  return bytes >= AROUND_64_KB.from && bytes <= AROUND_64_KB.to;
}

function kindOf(bytes: number, count: number, mss: number | null): PileKind {
  if (bytes === 0) return "nothing";
  if (bytes < LEAST_MSS) return "part-of-a-packet";
  // One loss at some count is no pile.
  if (count < 2) return "scattered";
  return mss === null ? "one-count" : "whole-packets";
}

function wholePackets(bytes: number): number | null {
  return COMMON_MSS.find((mss) => bytes > 0 && bytes % mss === 0 && bytes / mss <= INITIAL_WINDOW) ?? null;
}

/** What the pile says, in one or two sentences. */
export function pileSentence({ kind, bytes, mss }: ReceivedPile): string {
  switch (kind) {
    case "nothing":
      return "Nothing of the content came although the server had asked for it: already the first packets, full-size ones, vanish on the way here. That is what a path MTU black hole from the sender to this server looks like.";
    case "part-of-a-packet":
      return `Only ${bytes} bytes of the content came, which fit into one small packet; what follows in full-size packets does not arrive. That fits a path MTU black hole from the sender to this server.`;
    case "whole-packets":
      return `${bytes} bytes are ${mss === null ? "" : `exactly ${bytes === null ? "" : bytes / mss} `}packets of ${mss} bytes of content: full-size packets do arrive at first, and then nothing more. So this is no plain black hole; look for a device that stops the flow after its first packets, or a path that changed meanwhile.`;
    case "64-kB":
      return "It stops at 64 kB: a proxy or firewall that buffers that much, or one that mishandles TCP window scaling. Packet size plays no part, so this is no path MTU black hole.";
    case "one-count":
      return `It stops after ${bytes} bytes again and again: one message that is tried repeatedly, or a device that stops at something in it, such as a header line of more than 998 bytes.`;
    case "scattered":
      return "The byte counts differ from loss to loss: senders that give up, limits on rate or time, or a line that fails. A path MTU black hole would leave the same small count each time.";
  }
}
