/** One run of a probe: from a request to what was measured and concluded. Needs no row, keeps nothing. */
import {
  type Finding,
  LOCAL_VANTAGE,
  type ProbeEvent,
  type ProbeObservation,
  type ProbeRequest,
  parseTarget,
  STAGES,
  type Target,
  type Verdict,
} from "@mxray/contracts";
import { diagnoseHosts, verdictOf } from "@mxray/diagnosis";
import type { Endpoint, ProbeOptions } from "@mxray/probe";
import type { Settings } from "../live-settings.ts";
import type { ProbeVantage } from "../vantages/vantage.ts";
import type { Vantages } from "../vantages/vantages.ts";
import { FarEnds } from "./far-ends.ts";
import type { HostPace } from "./host-pace.ts";
import type { JobPlace } from "./job-queue.ts";

export interface ProbeRunDeps {
  readonly vantages: Vantages;
  readonly settings: Settings;
  readonly pace: HostPace;
}

export interface ProbeRunHooks {
  readonly signal: AbortSignal;
  /** Left while the probe waits for its turn at its first host. */
  readonly place: JobPlace;
  /** Of a watch, from 0: which addresses are searched where there are too many for one probe. */
  readonly round?: number;
  readonly onEvent?: (event: ProbeEvent) => void;
  /** Claims the delivery test, which is left out where nobody can. */
  readonly admitDelivery?: (messageIds: readonly string[]) => Promise<string | null>;
}

export interface ProbeResult {
  readonly observation: ProbeObservation;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly verdict: Verdict | null;
}

const STAGES_WITHOUT_DATA = STAGES.filter((stage) => stage !== "envelope" && stage !== "data-ladder" && stage !== "end-of-data");

/**
 * @param request with a target and controls that were accepted
 * @throws VantageError when the place that it runs from is gone
 */
export async function runProbe(
  { vantages, settings, pace }: ProbeRunDeps,
  request: ProbeRequest,
  hooks: ProbeRunHooks,
): Promise<ProbeResult> {
  const vantage = vantages.named(request.vantage ?? LOCAL_VANTAGE);
  const run = crypto.randomUUID();
  const farEnds = new FarEnds(vantages, vantage.name);
  try {
    const admit = async (host: Endpoint, signal: AbortSignal) => {
      const refusal = await admitHost(vantage, { settings, pace, run, place: hooks.place }, host, signal);
      if (refusal === null && host.control !== true && !vantage.practice) await farEnds.begin(host);
      return refusal;
    };
    const observation = await vantage.runProbe(optionsOf(request, vantage, admit, hooks));
    return resultOf(await farEnds.end(observation));
  } finally {
    pace.forget(run);
    await farEnds.stop();
  }
}

function resultOf(observation: ProbeObservation): ProbeResult {
  const findings = diagnoseHosts(observation);
  return { observation, findings, verdict: verdictOf(findings) };
}

function optionsOf(
  request: ProbeRequest,
  vantage: ProbeVantage,
  admit: NonNullable<ProbeOptions["admit"]>,
  { signal, round, onEvent, admitDelivery }: ProbeRunHooks,
): ProbeOptions {
  const parsed = parseTarget(request.target, { mailAddress: true });
  if (!parsed.ok) throw new Error(`A probe has a target that was never accepted: ${parsed.message}`);
  const controls = request.controls?.map(controlOf);
  return {
    ...vantage.settings,
    target: parsed.target,
    signal,
    // The operator's own controls are no business of the policy; those that a request names are.
    admit: (host, hostSignal) => (host.control && controls === undefined ? null : admit(host, hostSignal)),
    noMx: request.noMx === true,
    allAddresses: request.allAddresses === true,
    ...given("round", round),
    ...given("onEvent", onEvent),
    ...given("controls", controls),
    ...(request.dataLadder === false ? { stages: STAGES_WITHOUT_DATA } : {}),
    ...given("recipient", request.recipient ?? parsed.target.recipient ?? undefined),
    ...given("family", request.family),
    // Paths from several vantages are compared hop by hop, the working ones as well.
    ...(request.vantages === undefined ? {} : { trace: "always" as const }),
    ...(admitDelivery === undefined ? {} : { ...given("deliverTo", request.deliverTo), admitDelivery }),
  };
}

interface Waiting extends Pick<ProbeRunDeps, "settings" | "pace"> {
  readonly run: string;
  readonly place: JobPlace;
}

async function admitHost(
  vantage: ProbeVantage,
  { settings, pace, run, place }: Waiting,
  host: Endpoint,
  signal: AbortSignal,
): Promise<string | null> {
  // Someone may have forbidden it on another server since this probe began.
  await settings.refresh();
  const refusal = vantage.refusalOfHost(host);
  if (refusal !== null || !vantage.paced) return refusal;
  return (await pace.turn(run, host.address, signal, place))
    ? null
    : "The probe ended while it waited its turn: this host was probed a moment ago.";
}

function controlOf(text: string): Target {
  const parsed = parseTarget(text);
  if (!parsed.ok) throw new Error(`A probe has a control that was never accepted: ${parsed.message}`);
  return parsed.target;
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}
