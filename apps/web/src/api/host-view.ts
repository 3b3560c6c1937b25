/**
 * A mail host as the page draws it: of a finished probe, or as far as a running one has come. The live view is the probe's
 * events folded one after the other, so that both are drawn by the same panels.
 */
import type {
  InboundPath,
  MailHostObservation,
  OutboundPath,
  ProbeEvent,
  Resolution,
  Rung,
  Stage,
  StageResult,
  TranscriptLine,
} from "@mxray/contracts";

export interface HostView {
  readonly name: string | null;
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** Of its MX record. */
  readonly preference: number | null;
  readonly stages: readonly StageResult[];
  /** The stage that runs now. */
  readonly running: Stage | null;
  readonly localMtu: number | null;
  readonly cachedMtu: number | null;
  readonly rungs: readonly Rung[];
  readonly outbound: OutboundPath | null;
  readonly inbound: InboundPath | null;
  readonly transcript: readonly TranscriptLine[];
  /** The whole, once the host is done. */
  readonly observation: MailHostObservation | null;
}

export interface LiveProbe {
  readonly resolution: Resolution | null;
  readonly hosts: readonly HostView[];
}

export const NOTHING_YET: LiveProbe = { resolution: null, hosts: [] };

export function viewOf(observation: MailHostObservation): HostView {
  const { name, address, family, port, preference, stages, path, transcript } = observation;
  return {
    name,
    address,
    family,
    port,
    preference,
    stages,
    running: null,
    localMtu: path.localMtu,
    cachedMtu: path.cachedMtu,
    rungs: path.outbound.rungs,
    outbound: path.outbound,
    inbound: path.inbound,
    transcript,
    observation,
  };
}

export function foldEvent(live: LiveProbe, event: ProbeEvent): LiveProbe {
  if (event.type === "resolved") return { ...live, resolution: event.resolution };
  if (event.type === "host") {
    const { name, address, family, port, preference } = event;
    return { ...live, hosts: [...live.hosts, { ...EMPTY_HOST, name, address, family, port, preference }] };
  }
  return { ...live, hosts: live.hosts.map((host, index) => (index === event.host ? foldHostEvent(host, event) : host)) };
}

type HostEvent = Exclude<ProbeEvent, { type: "resolved" } | { type: "host" }>;

function foldHostEvent(host: HostView, event: HostEvent): HostView {
  switch (event.type) {
    case "stage-begun":
      return { ...host, running: event.stage };
    case "stage":
      return { ...host, running: null, stages: [...host.stages.filter(({ stage }) => stage !== event.result.stage), event.result] };
    case "path":
      return { ...host, localMtu: event.localMtu, cachedMtu: event.cachedMtu };
    case "rung":
      return { ...host, rungs: [...host.rungs, event.rung] };
    case "verdict":
      return { ...host, outbound: event.outbound };
    case "transcript":
      return { ...host, transcript: [...host.transcript, event.line] };
    case "host-done":
      return viewOf(event.observation);
  }
}

const EMPTY_HOST = {
  stages: [],
  running: null,
  localMtu: null,
  cachedMtu: null,
  rungs: [],
  outbound: null,
  inbound: null,
  transcript: [],
  observation: null,
};
