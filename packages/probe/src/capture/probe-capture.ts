/**
 * A capture of a probe's own connections and of the ICMP errors about them, and of nothing else: what another program exchanges
 * with the same host at the same time is left out. A packet belongs to the probe if both ends and the time are those of a
 * connection that the probe's dialer opened.
 */
import { canonicalAddress } from "@mxray/contracts";
import type { Dialer } from "../ports.ts";
import { type CapturedPacket, type Frame, type PacketEnd, readPacket } from "./captured-packet.ts";
import { pcapFile } from "./pcap-file.ts";
import { wireSegments } from "./wire-segments.ts";

/** Where frames come from: a packet socket, or a script in a test. */
export interface FrameSource {
  /** The next frame, or null when none waits. */
  read(): Frame | null;
  /** Frames that the kernel dropped because they were not read in time. */
  dropped(): number;
  close(): void;
}

export interface CaptureResult {
  readonly file: Uint8Array;
  readonly packets: number;
  readonly connections: number;
  /** Frames that were lost between the network and the file. They need not be the probe's. */
  readonly missed: number;
}

interface OwnConnection {
  readonly ends: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  until: number;
  /** The interface that each kind of packet was first seen on: a bridge or a bond shows each packet twice. */
  readonly interfaces: Map<string, number>;
}

const READ_EVERY_MS = 20;
/** What is still on its way when a connection has ended. */
const TAIL_MS = 300;
/** Frames of some 250 bytes. */
const MOST_FRAMES = 100_000;

export class ProbeCapture {
  readonly #source: FrameSource;
  readonly #packets: CapturedPacket[] = [];
  readonly #connections: OwnConnection[] = [];
  /** Address and port of every host that was dialled. */
  readonly #dialled = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #missed = 0;

  constructor(source: FrameSource) {
    this.#source = source;
    this.#timer = setInterval(() => this.#read(), READ_EVERY_MS).unref();
  }

  /** The same dialer, whose connections are captured. */
  captured(dialer: Dialer): Dialer {
    return {
      dial: async (request) => {
        const remote = { address: request.address, port: request.port };
        this.#dialled.add(endText(remote));
        const from = Date.now();
        const outcome = await dialer.dial(request);
        const local = outcome.ok ? { address: outcome.connection.localAddress, port: outcome.connection.localPort } : outcome.local;
        if (local === null) return outcome;
        const ends = endsText({ source: local, destination: remote });
        const own: OwnConnection = { ends, from, until: outcome.ok ? Number.POSITIVE_INFINITY : Date.now(), interfaces: new Map() };
        this.#connections.push(own);
        if (outcome.ok) void outcome.connection.ended.then(() => (own.until = Date.now()));
        return outcome;
      },
    };
  }

  /** Ends the capture, once what was on its way has arrived. */
  async finish(): Promise<CaptureResult> {
    await new Promise((resolve) => setTimeout(resolve, TAIL_MS));
    clearInterval(this.#timer);
    this.#read();
    const missed = this.#missed + this.#source.dropped();
    this.#source.close();
    const records = this.#packets
      .filter((packet) => this.#isOwn(packet))
      .flatMap((packet) => wireSegments(packet).map((segment) => ({ ...segment, at: packet.frame.at })));
    return { file: pcapFile(records), packets: records.length, connections: this.#connections.length, missed };
  }

  #read(): void {
    for (let frame = this.#source.read(); frame !== null; frame = this.#source.read()) {
      const packet = readPacket(frame);
      if (packet === null || !(this.#dialled.has(endText(packet.destination)) || this.#dialled.has(endText(packet.source)))) continue;
      if (this.#packets.length < MOST_FRAMES) this.#packets.push(packet);
      else this.#missed += 1;
    }
  }

  #isOwn(packet: CapturedPacket): boolean {
    const { frame, source, destination } = packet;
    const ms = 1000 * frame.at[0] + frame.at[1] / 1e6;
    // On loopback both directions are seen leaving and arriving: each is taken where it belongs to us.
    const leaves = packet.kind === "tcp" && frame.outgoing;
    const ends = leaves || packet.kind === "icmp" ? endsText(packet) : endsText({ source: destination, destination: source });
    const own = this.#connections.findLast((one) => one.ends === ends && one.from <= ms && ms <= one.until + TAIL_MS);
    if (own === undefined || (packet.kind === "icmp" && frame.outgoing)) return false;
    // The ports are free again, and another program may take them.
    if (ms > own.until && packet.syn) own.until = 0;
    if (own.until === 0) return false;
    const direction = packet.kind === "icmp" ? "icmp" : leaves ? "out" : "in";
    const seenOn = own.interfaces.get(direction) ?? frame.interfaceIndex;
    own.interfaces.set(direction, seenOn);
    return seenOn === frame.interfaceIndex;
  }
}

function endText({ address, port }: PacketEnd): string {
  return `${canonicalAddress(address)?.text ?? address} ${port}`;
}

function endsText({ source, destination }: { source: PacketEnd; destination: PacketEnd }): string {
  return `${endText(source)} ${endText(destination)}`;
}
