/** Classes of the four tones: fine, look here, broken, good to know. */
import type { Tone } from "../format/words.ts";

export const TONE_TEXT: Record<Tone, string> = { ok: "text-ok", warn: "text-warn", bad: "text-bad", info: "text-info" };
export const TONE_SOFT: Record<Tone, string> = {
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  info: "bg-info-soft text-info",
};
export const TONE_BORDER: Record<Tone, string> = { ok: "border-l-ok", warn: "border-l-warn", bad: "border-l-bad", info: "border-l-info" };
export const TONE_COLOUR: Record<Tone, string> = { ok: "var(--ok)", warn: "var(--warn)", bad: "var(--bad)", info: "var(--info)" };
