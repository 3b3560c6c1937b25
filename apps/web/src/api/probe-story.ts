/**
 * A running probe as told in two ways that overlap: by its detail, which has the steps so far, and by the live feed, which has
 * the steps as they happen. Steps are numbered from 0; each is folded once and in order, whichever way it came.
 */
import type { LiveEvent, ProbeDetail, ProbeEvent } from "@mxray/contracts";
import { foldEvent, type LiveProbe, NOTHING_YET } from "./host-view.ts";

type ProbeStep = Extract<LiveEvent, { type: "probe-event" }>;

export interface ProbeStory {
  readonly live: LiveProbe;
  /** Number of the step that comes next. */
  readonly next: number;
  /** Steps that came while earlier ones were missing. */
  readonly early: readonly ProbeStep[];
  /** Something is missing, or may be: the detail must be read. */
  readonly lacks: boolean;
  readonly startedAt: string | null;
}

export const UNTOLD: ProbeStory = { live: NOTHING_YET, next: 0, early: [], lacks: true, startedAt: null };

export type ProbeStoryAction =
  | { readonly type: "step"; readonly step: ProbeStep }
  | { readonly type: "so-far"; readonly detail: Pick<ProbeDetail, "startedAt" | "events"> }
  /** The feed was away: nobody knows what was missed. */
  | { readonly type: "connected" };

export function tellProbeStory(story: ProbeStory, action: ProbeStoryAction): ProbeStory {
  switch (action.type) {
    case "connected":
      return { ...story, lacks: true };
    case "step":
      return story.lacks ? { ...story, early: [...story.early, action.step] } : withSteps(story, [action.step]);
    case "so-far": {
      const { startedAt, events } = action.detail;
      // A probe that was begun anew (after a restart of the server) tells its story from the beginning.
      const before = startedAt === story.startedAt ? story : { ...UNTOLD, early: story.early };
      const told = events.slice(before.next).reduce(foldEvent, before.live);
      const caughtUp = { live: told, next: Math.max(before.next, events.length), early: [], lacks: false, startedAt };
      return withSteps(caughtUp, before.early);
    }
  }
}

function withSteps(story: ProbeStory, steps: readonly ProbeStep[]): ProbeStory {
  let { live, next } = story;
  const early: ProbeStep[] = [];
  for (const step of steps) {
    if (step.sequence < next) continue;
    if (step.sequence > next) {
      early.push(step);
      continue;
    }
    live = foldEvent(live, step.event satisfies ProbeEvent);
    next += 1;
  }
  return { ...story, live, next, early, lacks: early.length > 0 };
}
