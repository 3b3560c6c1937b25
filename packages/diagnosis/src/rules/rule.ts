/** What a rule gets and gives: one mail host's observation and the probe around it, to findings. Pure; never throws for data. */
import type { Finding, MailHostObservation, ProbeObservation, Stage, StageResult } from "@mxray/contracts";
import type { OwnTrouble } from "./own-trouble.ts";

export interface RuleContext {
  readonly observation: ProbeObservation;
  /** What the control hosts and the trace say about our own side. */
  readonly own: OwnTrouble;
}

export type HostRule = (host: MailHostObservation, context: RuleContext) => Finding[];

export function stageOf(host: MailHostObservation, stage: Stage): StageResult | null {
  return host.stages.find((result) => result.stage === stage) ?? null;
}

/** The stage's reason as a sentence, or a stand-in. */
export function reasonOf(stage: StageResult): string {
  return stage.reason ?? `The stage ${stage.stage} ended as ${stage.outcome}.`;
}

/** The first line of the stage's reply, in quotes, or null. */
export function quotedReply({ reply }: StageResult): string | null {
  const line = reply?.text.split("\n")[0] ?? null;
  return line === null ? null : `'${line.length > 200 ? `${line.slice(0, 199)}…` : line}'`;
}
