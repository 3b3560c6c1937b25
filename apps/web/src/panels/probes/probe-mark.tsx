import type { ProbeSummary } from "@mxray/contracts";
import { LoaderCircle } from "lucide-react";
import { hasEnded } from "../../api/use-live-probe.ts";
import { toneOf } from "../../format/words.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** The sign before a probe in a list. */
export function ProbeMark({ probe }: { probe: ProbeSummary }) {
  if (!hasEnded(probe)) return <LoaderCircle size={18} aria-hidden className="animate-spin text-accent" />;
  return <ToneIcon tone={probe.verdict === null ? "info" : toneOf(probe.verdict)} />;
}
