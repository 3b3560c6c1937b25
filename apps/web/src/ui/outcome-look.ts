/**
 * What each colour and fill of a picture means, the same on every page and in both themes. Outcomes have the colours of the
 * tones; whatever is measured (times, sizes, pressure) has one of `MEASURE_LOOKS`, so that it is not taken for an outcome.
 */
import type { LogOutcome, MailStage, Stage } from "@mxray/contracts";

/** Told apart without colour, too. */
export interface Look {
  readonly colour: string;
  readonly fill: "solid" | "striped" | "hollow";
}

export const OUTCOME_LOOKS = {
  delivered: { colour: "var(--ok)", fill: "solid" },
  deferred: { colour: "var(--warn)", fill: "striped" },
  /** Bounced or expired: given up. */
  failed: { colour: "var(--info)", fill: "solid" },
  expired: { colour: "var(--info)", fill: "striped" },
  /** Lost connections and time-outs: what a black hole looks like in a log. */
  stalled: { colour: "var(--bad)", fill: "solid" },
  unknown: { colour: "var(--faint)", fill: "hollow" },
} as const satisfies Record<string, Look>;

export const LOG_OUTCOME_LOOKS: Record<LogOutcome, Look> = {
  sent: OUTCOME_LOOKS.delivered,
  deferred: OUTCOME_LOOKS.deferred,
  bounced: OUTCOME_LOOKS.failed,
  expired: OUTCOME_LOOKS.expired,
  stalled: OUTCOME_LOOKS.stalled,
};

export const MEASURE_LOOKS = [1, 2, 3, 4, 5].map((index): Look => ({ colour: `var(--measure-${index})`, fill: "solid" }));

const [blue, violet, teal, magenta, slate] = MEASURE_LOOKS as [Look, Look, Look, Look, Look];
const striped = (look: Look): Look => ({ ...look, fill: "striped" });

/** A stage looks alike wherever it is drawn. Those of the content are where a path that loses large packets shows. */
const STAGE_LOOKS: Readonly<Partial<Record<Stage | MailStage, Look>>> = {
  connect: blue,
  greeting: violet,
  ehlo: teal,
  starttls: magenta,
  envelope: slate,
  auth: striped(blue),
  mail: slate,
  rcpt: striped(slate),
  "data-command": striped(teal),
  body: OUTCOME_LOOKS.stalled,
  "end-of-data": striped(OUTCOME_LOOKS.stalled),
};

export function stageLook(stage: Stage | MailStage): Look {
  return STAGE_LOOKS[stage] ?? OUTCOME_LOOKS.unknown;
}
