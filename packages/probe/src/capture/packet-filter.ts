/**
 * The classic BPF program in front of a capture: it takes the headers of TCP segments from or to the given ports and of ICMP
 * errors, over IPv4 and IPv6, and drops everything else in the kernel.
 */

/** Enough for the link's header, IPv6, ICMPv6, and the quoted IPv6 and TCP headers. */
export const KEPT_BYTES = 256;
/** Beyond this a jump does not fit its byte: TCP of all ports is then taken, and sorted out later. */
const MOST_PORTS = 40;
/** SKF_NET_OFF: offsets from the IP header, whatever the link's header. */
const NET = -0x100000;

/**
 * A program for SO_ATTACH_FILTER: `struct sock_filter` (code u16, jt u8, jf u8, k u32), eight bytes each.
 *
 * @param ports 1 to 65535
 */
export function packetFilter(ports: readonly number[]): Uint8Array {
  const [loadByte, loadHalf, loadByteAt, loadHalfAt] = [0x30, 0x28, 0x50, 0x48];
  const [and, shift, toIndex, equals, atLeast, hasBits, give] = [0x54, 0x64, 0x07, 0x15, 0x35, 0x45, 0x06];
  const wanted = [...new Set(ports)];
  /** Codes with where to go: "take" and "drop" are the last two instructions, a number is how many to skip. */
  type Jump = number | "take" | "drop";
  type Instruction = readonly [code: number, k: number, yes?: Jump, no?: Jump];
  const portTests = (load: number, base: number): Instruction[] =>
    wanted.length > MOST_PORTS
      ? [[equals, 0, "take", "take"]]
      : [base, base + 2].flatMap((offset, half): Instruction[] => [
          [load, offset],
          ...wanted.map((port, index): Instruction => [equals, port, "take", half === 1 && index === wanted.length - 1 ? "drop" : 0]),
        ]);
  const icmp4: Instruction[] = [
    [loadByteAt, NET],
    [equals, 3, "take", 0],
    [equals, 11, "take", 0],
    [equals, 12, "take", "drop"],
  ];
  const tcp4 = portTests(loadHalfAt, NET);
  const v4: Instruction[] = [
    [loadHalf, NET + 6],
    [hasBits, 0x1fff, "drop", 0],
    [loadByte, NET],
    [and, 0x0f],
    [shift, 2],
    [toIndex, 0],
    [loadByte, NET + 9],
    [equals, 6, icmp4.length + 1, 0],
    [equals, 1, 0, "drop"],
    ...icmp4,
    ...tcp4,
  ];
  const icmp6: Instruction[] = [
    [loadByte, NET + 40],
    [atLeast, 5, "drop", 0],
    [atLeast, 1, "take", "drop"],
  ];
  const v6: Instruction[] = [
    [loadByte, NET + 6],
    [equals, 6, icmp6.length + 1, 0],
    [equals, 58, 0, "drop"],
    ...icmp6,
    ...portTests(loadHalf, NET + 40),
  ];
  const all: Instruction[] = [
    [loadByte, NET],
    [and, 0xf0],
    [equals, 0x60, 1, 0],
    [equals, 0x40, v6.length, "drop"],
    ...v6,
    ...v4,
    [give, KEPT_BYTES],
    [give, 0],
  ];
  const program = Buffer.alloc(8 * all.length);
  for (const [index, [code, k, yes = 0, no = 0]] of all.entries()) {
    const skip = (jump: Jump) => (jump === "take" ? all.length - 2 - index - 1 : jump === "drop" ? all.length - 1 - index - 1 : jump);
    program.writeUInt16LE(code, 8 * index);
    program.writeUInt8(skip(yes), 8 * index + 2);
    program.writeUInt8(skip(no), 8 * index + 3);
    program.writeUInt32LE(k >>> 0, 8 * index + 4);
  }
  return program;
}
