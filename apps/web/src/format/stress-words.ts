/** What a stress run is called on the page. */
import type { StressLimitKind, StressOptions, StressRunSummary, StressStage, StressState, StressStep } from "@mxray/contracts";
import { formatCount, formatSize } from "./numbers.ts";
import type { Tone } from "./words.ts";

export const STATE_WORDS: Readonly<Record<StressState, string>> = {
  running: "running",
  done: "done",
  failed: "failed",
  cut: "cut short",
};

export const STEP_WORDS: Readonly<Record<StressStep, string>> = {
  alone: "One message alone, to know what it takes without load",
  calibration: "The same load against a sink on this machine, to know what the generator can do",
  load: "The load",
};

export const STAGE_WORDS: Readonly<Record<StressStage, string>> = {
  connect: "Connect",
  greeting: "Greeting",
  ehlo: "EHLO",
  tls: "TLS",
  auth: "AUTH",
  mail: "MAIL",
  rcpt: "RCPT",
  data: "DATA",
  "end-of-data": "End of data",
};

export function limitTone(kind: StressLimitKind): Tone {
  switch (kind) {
    case "none":
      return "ok";
    case "generator":
    case "unknown":
      return "info";
    default:
      return "warn";
  }
}

/** `10 sessions, 1,000 messages of 4.1 kB, 50 per second`. */
export function loadWords({
  sessions,
  messages,
  seconds,
  rate,
  size,
  ramp,
  steps,
  spike,
  starttls,
  lmtp,
  pipelining,
}: StressOptions): string {
  const sizes = size.least === size.most ? formatSize(size.least) : `${formatSize(size.least)} to ${formatSize(size.most)}`;
  return [
    `${formatCount(sessions)} ${sessions === 1 ? "session" : "sessions"}`,
    messages === null ? `messages of ${sizes}` : `${formatCount(messages)} messages of ${sizes}`,
    ...(seconds === null ? [] : [`${seconds} s`]),
    rate === null ? "as fast as they go" : `${rate} per second`,
    ...(ramp > 0 ? [`raised over ${ramp} s`] : []),
    ...(steps > 0 ? [`in ${steps} steps`] : []),
    ...(spike > 1 ? [`${spike} times the rate in the middle third`] : []),
    ...(lmtp ? ["LMTP"] : []),
    ...(starttls ? ["STARTTLS"] : []),
    ...(pipelining ? [] : ["no pipelining"]),
  ].join(", ");
}

/** `99 accepted, 1 failed`. */
export function resultWords({ result, problem, state }: StressRunSummary): string {
  if (result === null) return problem ?? STATE_WORDS[state];
  return `${formatCount(result.accepted)} accepted${result.failed > 0 ? `, ${formatCount(result.failed)} failed` : ""}`;
}

/** `420 per second`. */
export function formatRate(perSecond: number): string {
  return `${perSecond >= 100 ? formatCount(Math.round(perSecond)) : Number(perSecond.toPrecision(3))} per second`;
}
