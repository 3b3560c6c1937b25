/**
 * One mail host from connect to quit: the recipe. Connection A in clear as far as the DATA ladder, connection B for
 * STARTTLS, further ones only where something stalls; then, where it is called for, the hops and the other direction.
 *
 * Every stage gets a result, also those that had no chance. A host that says 421 or 554 is left alone from there on.
 */
import {
  type InboundPath,
  type MailHostObservation,
  type OutboundPath,
  STAGES,
  type Stage,
  type StageResult,
  type Tls,
} from "@mxray/contracts";
import { type HopSearch, NO_HOPS } from "../hops/hop-search.ts";
import { climbDataLadder, type DataLadder } from "../path/data-ladder.ts";
import type { InboundTrial } from "../path/inbound-search.ts";
import { LossMeter } from "../path/loss-meter.ts";
import { noopCarrier, REPLY_TIMEOUT_MS } from "../path/noop-carrier.ts";
import { boundsOf, type PathSearch, searchPath } from "../path/path-search.ts";
import { notTested, type PathFacts, pathVerdict } from "../path/path-verdict.ts";
import type { TcpFacts } from "../ports.ts";
import { NO_END_OF_DATA, testEndOfData } from "../session/end-of-data.ts";
import { sendEnvelope } from "../session/envelope.ts";
import { COMMAND_TIMEOUT_MS, negative, type OpenedSession, openSession } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { isStartTlsOffered, NO_TLS, type StartTlsResult, tryStartTls } from "../session/starttls.ts";
import { ConnectionBudget, type HostContext, stageResult } from "./host-context.ts";
import { hostHopsOfBlockedPort, hostHopsOfLoss, nameHostHops } from "./host-hops.ts";
import { INBOUND_UNSEARCHABLE, INBOUND_UNTESTED, inboundOfHandshake, searchHostInbound } from "./host-inbound.ts";

const LARGEST_IP_PACKET = 65_535;
/** Nothing depends on the reply any more. */
const QUIT_TIMEOUT_MS = 5000;
/** An inspecting firewall drops command lines of more than 512 bytes: a "path MTU" of about that size by NOOPs alone is none. */
const INSPECTED_LINE_PACKET = 700;

interface Wanted {
  readonly stages: ReadonlySet<Stage>;
  /** Path search and DATA ladder are for this address, not only the stages up to EHLO and STARTTLS. */
  readonly ladders: boolean;
  /** The end-of-data test is for this address. */
  readonly deliver: boolean;
}

export async function probeHost(context: HostContext, wanted: Wanted): Promise<MailHostObservation> {
  return await new HostProbe(context, wanted).run();
}

class HostProbe {
  readonly #context: HostContext;
  readonly #wanted: Wanted;
  readonly #stages = new Map<Stage, StageResult>();
  readonly #meter = new LossMeter();
  #opened: OpenedSession | null = null;
  #facts: PathFacts;
  #ours: number | null = null;
  #first: TcpFacts | null = null;
  #outbound: OutboundPath = notTested("The path was not tested.");
  #inbound: InboundPath = INBOUND_UNTESTED;
  #hops: HopSearch = NO_HOPS;
  #tls: Tls | null = null;
  #endOfData = NO_END_OF_DATA;
  #sentAway = false;

  constructor(context: HostContext, wanted: Wanted) {
    this.#context = context;
    this.#wanted = wanted;
    this.#facts = {
      family: context.host.family,
      localMtu: null,
      cachedMtu: null,
      peerMss: null,
      tcpMtuProbing: context.ports.localHost.sysctl("tcp_mtu_probing"),
      blind: context.ports.localHost.kernelMissing !== null,
    };
  }

  async run(): Promise<MailHostObservation> {
    const session = await this.#open();
    if (session !== null) {
      const { usable, search } = await this.#climbNoops(session);
      await this.#climbData(usable, search);
      const { flightMissing, outOfOrder, ms } = await this.#startTls();
      await this.#searchHopsOfLoss();
      if (flightMissing) await this.#searchInbound({ outcome: "stalled", outOfOrder, ms });
      await this.#deliver();
    } else {
      const { cause } = this.#stages.get("connect") ?? {};
      if (cause === "timeout" || cause === "unreachable") this.#hops = await hostHopsOfBlockedPort(this.#context);
    }
    this.#hops = await nameHostHops(this.#context, this.#hops);
    return this.#observation();
  }

  async #searchHopsOfLoss(): Promise<void> {
    const { verdict, mtu } = this.#outbound;
    if (verdict !== "black-hole" || mtu === null) return;
    this.#hops = await hostHopsOfLoss(this.#context, mtu + 1, this.#facts.localMtu);
    this.#outbound = { ...this.#outbound, narrow: [...this.#hops.narrow] };
  }

  async #open(): Promise<SmtpSession | null> {
    const { host, ports } = this.#context;
    const opened = await openSession(this.#context, { onStage: (stage) => this.#begin(stage) });
    this.#opened = opened;
    this.#sentAway = opened.sentAway;
    for (const stage of opened.stages) this.#record(stage);
    const { session } = opened;
    const facts = session?.connection.facts() ?? null;
    if (session === null) return null;

    const localMtu = ports.localHost.interfaceMtu(session.connection.localAddress);
    if (facts !== null) {
      this.#first = facts;
      // A connection to one of our own addresses goes by loopback, whatever interface holds the address.
      const mtu = Math.min(LARGEST_IP_PACKET, Math.max(localMtu ?? facts.pathMtu, facts.pathMtu));
      const ipHeaders = host.family === 4 ? 40 : 60;
      this.#ours = mtu - ipHeaders;
      const options = facts.options.timestamps ? 12 : 0;
      const peerMss = facts.sendMss + options;
      const limited = peerMss < Math.min(mtu, facts.pathMtu) - ipHeaders && this.#facts.tcpMtuProbing !== 2;
      this.#facts = {
        ...this.#facts,
        localMtu: mtu,
        cachedMtu: facts.pathMtu < mtu ? facts.pathMtu : null,
        peerMss: limited ? peerMss : null,
      };
    }
    this.#context.emit({ type: "path", host: this.#context.index, localMtu: this.#facts.localMtu, cachedMtu: this.#facts.cachedMtu });
    return session;
  }

  /** The path search by NOOPs; afterwards the connection that is still good, if one is, and the search. */
  async #climbNoops(session: SmtpSession): Promise<{ usable: SmtpSession | null; search: PathSearch | null }> {
    const context = this.#context;
    if (!this.#wants("noop-ladder")) return { usable: session, search: null };
    const mask = this.#opened?.greeting.mask ?? "none";
    if (mask === "pix" || mask === "full") {
      this.#record(
        stageResult("noop-ladder", "not-tested", 0, {
          reason: "Behind a masked greeting no long command line is sent: such firewalls drop it. Message data are used instead.",
          cause: "needs",
        }),
      );
      return { usable: session, search: null };
    }
    this.#begin("noop-ladder");
    const start = context.ports.clock.now();
    const carrier = noopCarrier(context, this.#meter, { reopen: () => this.#reopen(), reopens: () => this.#reopens() });
    const search = await searchPath(context, carrier, session, this.#meter);
    const ms = context.ports.clock.now() - start;
    this.#sentAway ||= search.end === "sent-away";

    if (search.end === "rejected") {
      this.#record(
        stageResult("noop-ladder", "failed", ms, {
          reason: "The host ended the connection on a long NOOP line.",
          cause: search.rungs.at(-1)?.rung.outcome === "reset" ? "reset" : "closed",
        }),
      );
      this.#outbound = pathVerdict(search, this.#meter.total, this.#facts);
      return { usable: search.session, search: null };
    }
    if (looksInspected(search, context.host.family)) {
      this.#record(
        stageResult("noop-ladder", "stalled", ms, {
          reason:
            "Long NOOP lines do not arrive, of whatever packet size; a firewall that drops long commands does that. Message data decide.",
          cause: "timeout",
        }),
      );
      search.session?.connection.reset();
      return { usable: null, search: null };
    }
    this.#settle(search);
    if (search.trouble !== null) {
      this.#record(negative("noop-ladder", search.trouble, "a long NOOP line that had arrived", REPLY_TIMEOUT_MS, ms));
      return { usable: search.session, search };
    }
    const stalled = this.#outbound.verdict === "black-hole";
    this.#record(
      stageResult("noop-ladder", stalled ? "stalled" : "ok", ms, {
        reason: this.#outbound.reason,
        ...(stalled ? { cause: "timeout" as const } : {}),
      }),
    );
    return { usable: search.session, search };
  }

  /** Envelope and DATA ladder, which does the path search where NOOPs could not. */
  async #climbData(usable: SmtpSession | null, search: PathSearch | null): Promise<void> {
    const context = this.#context;
    const wantsData = this.#wants("data-ladder");
    if (!this.#wants("envelope") && !wantsData) {
      await this.#quit(usable);
      return;
    }
    let session = usable;
    if (this.#outbound.verdict === "black-hole" && this.#outbound.mtu !== null) {
      // The same bytes with smaller segments: that they pass is part of the proof.
      session?.connection.reset();
      session =
        this.#reopens() > 0
          ? (await openSession(context, { mss: this.#outbound.mtu - (context.host.family === 4 ? 40 : 60) })).session
          : null;
    }
    session ??= this.#reopens() > 0 ? (await openSession(context)).session : null;
    if (session === null) {
      const reason = this.#sentAway
        ? "The host asked us to go away."
        : "The probe's connections to this host are used up, or no further one came about.";
      this.#record(stageResult("envelope", "not-tested", 0, { reason, cause: "needs" }));
      return;
    }
    await this.#envelopeAndData(session, search);
  }

  async #envelopeAndData(session: SmtpSession, search: PathSearch | null): Promise<void> {
    const context = this.#context;
    this.#begin("envelope");
    const envelope = await sendEnvelope(context, session, this.#wants("data-ladder"));
    this.#record(envelope.stage);
    this.#sentAway ||= envelope.sentAway;
    if (envelope.stage.outcome !== "ok") {
      const reason = envelope.wantsTls ? "The host wants TLS first." : "The envelope was not accepted, so no data could be sent.";
      this.#record(stageResult("data-ladder", "not-tested", 0, { reason, cause: "needs" }));
      await this.#quit(session);
      return;
    }
    if (!this.#wants("data-ladder")) {
      await this.#quit(session);
      return;
    }
    this.#begin("data-ladder");
    const ladder = await climbDataLadder(context, session, this.#meter, {
      task: search === null ? "search" : { size: this.#outbound.mtu },
      reopens: () => this.#reopens(),
    });
    this.#record(ladder.stage);
    this.#record(
      stageResult("quit", "skipped", 0, {
        reason: "After DATA the connection is ended by RST, so that nothing is delivered.",
        cause: "needs",
      }),
    );
    if (ladder.search !== null) this.#settle(ladder.search);
    this.#addDataRungs(ladder);
  }

  #addDataRungs(ladder: DataLadder): void {
    const known = new Set(this.#outbound.rungs);
    this.#outbound = { ...this.#outbound, rungs: [...this.#outbound.rungs, ...ladder.rungs.filter((rung) => !known.has(rung))] };
    const open = this.#outbound.verdict === "clear" || this.#outbound.verdict === "pmtud-works" || this.#outbound.verdict === "not-tested";
    if (ladder.cliff !== null && open) {
      const { at, windowClosed } = ladder.cliff;
      this.#outbound = {
        ...this.#outbound,
        verdict: "cliff",
        cliffAt: at,
        confidence: "likely",
        reason: `Packets of every size arrive, and yet after ${at} bytes of message ${windowClosed ? "the host stops reading (its receive window stays closed)" : "nothing more is acknowledged"}: a limit that is no MTU.`,
      };
    }
    this.#context.emit({ type: "verdict", host: this.#context.index, outbound: this.#outbound });
  }

  async #startTls(): Promise<Pick<StartTlsResult, "flightMissing" | "outOfOrder"> & { ms: number }> {
    const none = { flightMissing: false, outOfOrder: 0, ms: 0 };
    const opened = this.#opened;
    if (!this.#wants("starttls") || opened === null) return none;
    if (this.#sentAway) {
      this.#record(stageResult("starttls", "not-tested", 0, { reason: "The host asked us to go away.", cause: "needs" }));
      return none;
    }
    this.#begin("starttls");
    const result = await tryStartTls(this.#context, opened);
    this.#record(result.stage);
    this.#tls = result.tls;
    if (result.session !== null) {
      this.#inbound = inboundOfHandshake(result, this.#facts.localMtu);
      const wantsTls = this.#stages.get("envelope")?.reply?.code === 530;
      if (wantsTls && result.session.tlsOverhead > 0) await this.#laddersInTls(result.session);
      else await this.#quit(result.session);
    }
    return { flightMissing: result.flightMissing, outOfOrder: result.outOfOrder, ms: result.stage.ms };
  }

  async #laddersInTls(session: SmtpSession): Promise<void> {
    const hello = await session.command(`EHLO ${this.#context.helo}`, COMMAND_TIMEOUT_MS);
    if (hello.kind !== "reply" || hello.reply.code !== 250) {
      this.#record(negative("envelope", hello, "EHLO inside TLS", COMMAND_TIMEOUT_MS, 0));
      await this.#quit(session);
      return;
    }
    const tested = this.#outbound.rungs.length > 0 && this.#outbound.verdict !== "not-tested" && this.#outbound.verdict !== "inconclusive";
    await this.#envelopeAndData(session, tested ? { rungs: [], end: "settled", resized: false, trouble: null, session } : null);
  }

  async #searchInbound(stalled: InboundTrial): Promise<void> {
    const { opened, ours } = { opened: this.#opened, ours: this.#ours };
    const searchable = opened !== null && ours !== null && !this.#sentAway;
    this.#inbound = searchable
      ? await searchHostInbound(this.#context, { opened, stalled, ours, quit: (session) => this.#quit(session, false) })
      : INBOUND_UNSEARCHABLE;
  }

  async #deliver(): Promise<void> {
    const { deliverTo } = this.#context.options;
    if (deliverTo === undefined || !this.#wants("end-of-data") || this.#sentAway) return;
    this.#begin("end-of-data");
    const context: HostContext = { ...this.#context, budget: new ConnectionBudget(2) };
    const { stage, endOfData } = await testEndOfData(context, deliverTo);
    this.#record(stage);
    this.#endOfData = endOfData;
  }

  async #quit(session: SmtpSession | null, record = true): Promise<void> {
    if (session === null) return;
    const start = this.#context.ports.clock.now();
    const answer = await session.command("QUIT", QUIT_TIMEOUT_MS);
    session.connection.close();
    if (!record || !this.#wants("quit")) return;
    const ms = this.#context.ports.clock.now() - start;
    const polite = answer.kind === "reply" && answer.reply.code < 400;
    this.#record(polite ? stageResult("quit", "ok", ms) : negative("quit", answer, "QUIT", QUIT_TIMEOUT_MS, ms));
  }

  async #reopen(): Promise<SmtpSession | null> {
    return this.#reopens() > 0 ? (await openSession(this.#context)).session : null;
  }

  /** Connections that may still be opened, one left for STARTTLS. */
  #reopens(): number {
    if (this.#sentAway || this.#context.signal.aborted) return 0;
    const opened = this.#opened;
    const reserve = opened !== null && this.#wants("starttls") && isStartTlsOffered(opened.ehlo) ? 1 : 0;
    return Math.max(0, this.#context.budget.left - reserve);
  }

  #settle(search: PathSearch): void {
    this.#outbound = pathVerdict(search, this.#meter.total, this.#facts);
    this.#context.emit({ type: "verdict", host: this.#context.index, outbound: this.#outbound });
  }

  #wants(stage: Stage): boolean {
    if (!this.#wanted.stages.has(stage)) return false;
    switch (stage) {
      case "noop-ladder":
      case "envelope":
      case "data-ladder":
        return this.#wanted.ladders;
      case "end-of-data":
        return this.#wanted.deliver;
      default:
        return true;
    }
  }

  #begin(stage: Stage): void {
    this.#context.emit({ type: "stage-begun", host: this.#context.index, stage });
  }

  #record(result: StageResult): void {
    this.#stages.set(result.stage, result);
    this.#context.emit({ type: "stage", host: this.#context.index, result });
  }

  #observation(): MailHostObservation {
    const { host, ports, transcript } = this.#context;
    const opened = this.#opened;
    const stages = STAGES.filter((stage) => stage !== "resolve").map((stage) => this.#stages.get(stage) ?? this.#untested(stage));
    return {
      ...host,
      stages,
      greeting: opened?.greeting ?? { text: null, mask: "none" },
      ehlo: opened?.ehlo ?? { keywords: [], masked: [], refused: false, helo: false },
      tls: this.#tls ?? (opened?.session === null || opened === null ? null : { ...NO_TLS, offered: isStartTlsOffered(opened.ehlo) }),
      path: {
        localMtu: this.#facts.localMtu,
        cachedMtu: this.#facts.cachedMtu,
        mss: { ours: this.#ours, peer: this.#facts.peerMss },
        kernel: {
          available: ports.localHost.kernelMissing === null,
          reason: ports.localHost.kernelMissing,
          tcpMtuProbing: this.#facts.tcpMtuProbing,
          ipNoPmtuDisc: ports.localHost.sysctl("ip_no_pmtu_disc"),
          timestamps: this.#first?.options.timestamps ?? null,
          sack: this.#first?.options.sack ?? null,
        },
        outbound: this.#outbound,
        inbound: this.#inbound,
        lostBetween: this.#hops.lostBetween,
        hops: [...this.#hops.hops],
        fragNeededFrom: this.#hops.fragNeededFrom,
        portBlockedAt: this.#hops.portBlockedAt,
      },
      endOfData: this.#endOfData,
      transcript: transcript.lines,
    };
  }

  #untested(stage: Stage): StageResult {
    if (!this.#wants(stage)) {
      return stageResult(stage, "skipped", 0, { cause: "not-wanted" });
    }
    if (this.#context.signal.aborted)
      return stageResult(stage, "not-tested", 0, { reason: "The probe ended before this.", cause: "deadline" });
    return stageResult(stage, "not-tested", 0, { reason: "An earlier stage did not succeed.", cause: "needs" });
  }
}

/** Nothing could be released and hardly anything of any size arrived: that is not how a link with a small MTU behaves. */
function looksInspected(search: PathSearch, family: 4 | 6): boolean {
  const bounds = boundsOf(search.rungs, family);
  if (bounds === null || search.rungs.some(({ rung }) => rung.outcome === "released")) return false;
  return bounds.passed < (family === 4 ? INSPECTED_LINE_PACKET : 1280);
}
