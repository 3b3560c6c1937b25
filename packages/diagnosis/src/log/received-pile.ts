/**
 * What the byte counts of "lost connection after DATA (N bytes)" pile up at, and what that means. A server counts what has
 * reached it of the content, so the count says where the flow stopped. Most counts being the same is a pile; no pile means
 * that something else than a size decides.
 */
import type { LogPeer } from "@mxray/contracts";

/** Sizes are bytes of content. */
type Pile =
  | { readonly kind: "nothing" }
  /** Less than any full-size packet holds; `bytes` is the largest such count. */
  | { readonly kind: "part-of-a-packet"; readonly bytes: number }
  | { readonly kind: "whole-packets"; readonly bytes: number; readonly mss: number }
  | { readonly kind: "64-kB" }
  /** Again and again the same, which is none of the above. */
  | { readonly kind: "one-count"; readonly bytes: number }
  | { readonly kind: "scattered" };

/** With the number of losses that have a byte count. */
export type ReceivedPile = Pile & { readonly total: number };

/** Piles that no path MTU makes: full-size packets had arrived. */
export const NO_PACKETS: ReadonlySet<Pile["kind"]> = new Set(["whole-packets", "64-kB", "one-count"]);

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
  return total === 0 ? null : { ...pileAmong(receivedBytes, total * PILE_SHARE), total };
}

function pileAmong(received: LogPeer["receivedBytes"], enough: number): Pile {
  const lossesWith = (holds: (bytes: number) => boolean) =>
    received.reduce((sum, { bytes, count }) => (holds(bytes) ? sum + count : sum), 0);
  if (lossesWith((bytes) => bytes === 0) >= enough) return { kind: "nothing" };
  // Header lines of different messages fill different parts of the first packet.
  if (lossesWith(isPart) >= enough) {
    return { kind: "part-of-a-packet", bytes: Math.max(...received.map(({ bytes }) => bytes).filter(isPart)) };
  }
  if (lossesWith((bytes) => bytes >= AROUND_64_KB.from && bytes <= AROUND_64_KB.to) >= enough) return { kind: "64-kB" };
  const { bytes, count } = received.reduce((most, entry) => (entry.count > most.count ? entry : most), { bytes: 0, count: 0 });
  // One loss far into the message is no pile.
  if (count < enough || count === 1) return { kind: "scattered" };
  const mss = wholePackets(bytes);
  return mss === null ? { kind: "one-count", bytes } : { kind: "whole-packets", bytes, mss };
}

function isPart(bytes: number): boolean {
  return bytes < LEAST_MSS;
}

function wholePackets(bytes: number): number | null {
  return COMMON_MSS.find((mss) => bytes % mss === 0 && bytes / mss <= INITIAL_WINDOW) ?? null;
}

/** What the pile says, in one or two sentences. */
export function pileSentence(pile: Pile): string {
  switch (pile.kind) {
    case "nothing":
      return "Nothing of the content came although the server had asked for it: the first packets, which are full-size ones, are lost on the way here. That is what a path MTU black hole from the sender to this server looks like.";
    case "part-of-a-packet":
      return `No more than ${pile.bytes} bytes of the content came, which fit into one small packet; what follows in full-size packets does not arrive. That fits a path MTU black hole from the sender to this server.`;
    case "whole-packets":
      return `${pile.bytes} bytes came, exactly what ${pile.bytes / pile.mss} packets of ${pile.mss} bytes hold: full-size packets do arrive at first, and then nothing more. So this is no plain black hole; look for a device that stops the flow after its first packets, or a path that changed in between.`;
    case "64-kB":
      return "It stops at 64 kB: a proxy or firewall that buffers that much, or one that mishandles TCP window scaling. Packet size plays no part, so this is no path MTU black hole.";
    case "one-count":
      return `It stops after ${pile.bytes} bytes again and again: one message that is tried repeatedly, or a device that stops at something in it, such as a header line of more than 998 bytes.`;
    case "scattered":
      return "The byte counts differ from loss to loss: senders that give up, limits on rate or time, or a line that fails. A path MTU black hole would leave the same small count each time.";
  }
}
