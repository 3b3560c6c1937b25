import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { Tone } from "../format/words.ts";
import { TONE_TEXT } from "./tone.ts";

const ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: CircleAlert, info: Info };

export function ToneIcon({ tone, size = 18 }: { tone: Tone; size?: number }) {
  const Icon = ICONS[tone];
  return <Icon size={size} aria-hidden className={`shrink-0 ${TONE_TEXT[tone]}`} />;
}
