/** What a probe has found out about one mail host so far, and the observation that it amounts to at any moment. */
import {
  type CommandInspection,
  type ConnectionPurpose,
  type InboundPath,
  type MailHostObservation,
  type OutboundPath,
  type PathDifference,
  type PeerWindow,
  type Rung,
  STAGES,
  type Stage,
  type StageResult,
  type Tls,
} from "@mxray/contracts";
import { type HopSearch, NO_HOPS } from "../hops/hop-search.ts";
import { LossMeter } from "../path/loss-meter.ts";
import type { PathSearch } from "../path/path-search.ts";
import { notTested, type PathFacts, pathVerdict } from "../path/path-verdict.ts";
import type { TcpFacts } from "../ports.ts";
import { NO_END_OF_DATA } from "../session/end-of-data.ts";
import type { HostContext } from "../session/host-context.ts";
import type { OpenedSession } from "../session/open-session.ts";
import { stageResult } from "../session/stage-result.ts";
import { isStartTlsOffered, NO_TLS } from "../session/starttls.ts";
import { INBOUND_UNTESTED } from "./host-inbound.ts";

/** Bytes; a smaller one is no host's choice. */
const LEAST_WINDOW = 536;
/** Linux's own range for connections; the step is odd, so that the parity changes each time. */
const OTHER_PORTS = { first: 32_768, count: 28_232, step: 4099 } as const;

/** What is asked of one mail host. */
export interface HostRequest {
  readonly stages: ReadonlySet<Stage>;
  /** Path search and DATA ladder are for this address, not only the stages up to EHLO and STARTTLS. */
  readonly ladders: boolean;
  /** The end-of-data test is for this address. */
  readonly deliver: boolean;
}

export class HostRecord {
  readonly context: HostContext;
  readonly meter = new LossMeter();
  opened: OpenedSession | null = null;
  facts: PathFacts;
  /** The segment size that we advertise without a clamp, bytes. */
  ours: number | null = null;
  first: TcpFacts | null = null;
  /** Local port of the first connection. */
  firstPort: number | null = null;
  inbound: InboundPath = INBOUND_UNTESTED;
  hops: HopSearch = NO_HOPS;
  tls: Tls | null = null;
  endOfData = NO_END_OF_DATA;
  /** Something drops long commands; null where nothing speaks for it. */
  commandInspection: CommandInspection | null = null;
  /** Only some connections lose large packets; null where none differed. */
  differs: PathDifference | null = null;
  /** The peer's receive window; null where the kernel does not report it. */
  window: PeerWindow | null = null;
  /** Message data are accepted inside TLS only. */
  dataInTls = false;
  /** The host said 421 or 554: it is left alone from there on. */
  sentAway = false;
  readonly #request: HostRequest;
  readonly #stages = new Map<Stage, StageResult>();
  #search: PathSearch | null = null;
  /** Ports asked for beside the first one. */
  #elsewhere = 0;
  #outbound: OutboundPath = notTested("The path was not tested.");

  constructor(context: HostContext, request: HostRequest) {
    this.context = context;
    this.#request = request;
    this.facts = {
      family: context.host.family,
      localMtu: null,
      cachedMtu: null,
      peerMss: null,
      peerWindow: null,
      tcpMtuProbing: context.ports.localHost.sysctl("tcp_mtu_probing"),
      blind: context.ports.localHost.kernelMissing !== null,
    };
  }

  get outbound(): OutboundPath {
    return this.#outbound;
  }

  /** Asks for the way that the first connection took, where routers choose it by the ports. */
  get sameWay(): { localPort?: number } {
    return this.firstPort === null ? {} : { localPort: this.firstPort };
  }

  /** Asks for another way than the first connection's. The ports that a kernel chooses may all be even, and some routers look at the lowest bits only. */
  otherWay(): { localPort?: number } {
    if (this.firstPort === null) return {};
    this.#elsewhere += 1;
    return { localPort: OTHER_PORTS.first + ((this.firstPort + OTHER_PORTS.step * this.#elsewhere) % OTHER_PORTS.count) };
  }

  /** The host's window is so small that no packet of a size worth testing can be sent. */
  get windowClosedToTests(): boolean {
    return (this.facts.peerWindow ?? LEAST_WINDOW) < LEAST_WINDOW;
  }

  /** The search that the verdict rests on; null before one was made. */
  get search(): PathSearch | null {
    return this.#search;
  }

  /** Computes the verdict on the way to the host from all that this search, and the ladders beside it, counted. */
  judgeSearch(search: PathSearch): void {
    this.#search = search;
    const computed = this.verdictOf(search);
    const known = new Set(computed.rungs);
    const before = this.#outbound.rungs.filter((rung) => !known.has(rung));
    this.judge({ ...computed, ...contradiction(computed, before), rungs: [...before, ...computed.rungs] });
  }

  /** What this search, and the ladders beside it, amount to. */
  verdictOf(search: PathSearch): OutboundPath {
    return pathVerdict(search, this.meter.total, this.facts, this.meter.payload);
  }

  /** Sets the verdict on the way to the host. */
  judge(outbound: OutboundPath): void {
    this.#outbound = outbound;
    this.context.emit({ type: "verdict", host: this.context.index, outbound });
  }

  wants(stage: Stage): boolean {
    if (!this.#request.stages.has(stage)) return false;
    switch (stage) {
      case "noop-ladder":
      case "envelope":
      case "data-ladder":
        return this.#request.ladders;
      case "end-of-data":
        return this.#request.deliver;
      default:
        return true;
    }
  }

  begin(stage: Stage): void {
    this.context.emit({ type: "stage-begun", host: this.context.index, stage });
  }

  record(result: StageResult): void {
    this.#stages.set(result.stage, result);
    this.context.emit({ type: "stage", host: this.context.index, result });
  }

  stage(stage: Stage): StageResult | undefined {
    return this.#stages.get(stage);
  }

  /** Connections that may still be opened for the path search. */
  reopens(): number {
    const { budget, signal } = this.context;
    return this.sentAway || signal.aborted || budget.lacks("exactness") ? 0 : budget.left("exactness");
  }

  observation(): MailHostObservation {
    const { host, ports, transcript, connections } = this.context;
    const { opened, facts, first, hops } = this;
    return {
      ...host,
      stages: STAGES.filter((stage) => stage !== "resolve").map((stage) => this.#settled(this.#stages.get(stage) ?? this.#untested(stage))),
      greeting: opened?.greeting ?? { text: null, mask: "none" },
      ehlo: opened?.ehlo ?? { keywords: [], masked: [], refused: false, helo: false },
      tls: this.tls ?? (opened?.session === null || opened === null ? null : { ...NO_TLS, offered: isStartTlsOffered(opened.ehlo) }),
      path: {
        localMtu: facts.localMtu,
        cachedMtu: facts.cachedMtu,
        mss: { ours: this.ours, peer: facts.peerMss },
        kernel: {
          available: ports.localHost.kernelMissing === null,
          reason: ports.localHost.kernelMissing,
          tcpMtuProbing: facts.tcpMtuProbing,
          ipNoPmtuDisc: ports.localHost.sysctl("ip_no_pmtu_disc"),
          timestamps: first?.options.timestamps ?? null,
          sack: first?.options.sack ?? null,
        },
        outbound: this.#outbound,
        commandInspection: this.commandInspection,
        window: this.window,
        differs: this.differs,
        inbound: this.inbound,
        lostBetween: hops.lostBetween,
        hops: [...hops.hops],
        fragNeededFrom: hops.fragNeededFrom,
        portBlockedAt: hops.portBlockedAt,
      },
      endOfData: this.endOfData,
      transcript: [...transcript.lines],
      connections: [...connections.records],
      leftOut: this.#leftOut(),
    };
  }

  #leftOut(): ConnectionPurpose[] {
    const { confidence, exact } = this.#outbound;
    // The search asks for connections before it knows whether it needs them.
    const certain = confidence === "proven" && exact !== false;
    return this.context.budget.short.filter((purpose) => purpose !== "exactness" || !certain);
  }

  /** What the ladder alone left open, later connections may have settled. */
  #settled(result: StageResult): StageResult {
    const { verdict, mtu } = this.#outbound;
    if (result.stage !== "noop-ladder" || result.outcome !== "stalled" || verdict !== "black-hole" || mtu === null) return result;
    return { ...result, reason: `The largest packet that arrived has ${mtu} bytes; every larger one was lost.` };
  }

  #untested(stage: Stage): StageResult {
    if (!this.wants(stage)) return stageResult(stage, "skipped", 0, { cause: "not-wanted" });
    if (this.context.signal.aborted)
      return stageResult(stage, "not-tested", 0, { reason: "The probe ended before this.", cause: "deadline" });
    return stageResult(stage, "not-tested", 0, { reason: "An earlier stage did not succeed.", cause: "needs" });
  }
}

/** A larger command arrived where message data are lost: the content decides as well, or the way that a connection takes. */
function contradiction({ verdict, mtu, reason }: OutboundPath, before: readonly Rung[]): Partial<OutboundPath> {
  const larger = before.find(({ ladder, outcome, size }) => ladder === "noop" && outcome === "acked" && size > (mtu ?? 0));
  if (verdict !== "black-hole" || larger === undefined) return {};
  const why = `That was message data: a command in a packet of ${larger.size} bytes did arrive, so more than size decides.`;
  return { confidence: "suspected", reason: `${reason} ${why}` };
}
