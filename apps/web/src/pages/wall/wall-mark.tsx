/** The wall's signs: told apart by shape and word, so that colour is never needed. */

export type WallSign = "critical" | "warning" | "known" | "unclear" | "ok";

const SHAPES: Record<WallSign, { outline: string; stroke: string; text: string }> = {
  critical: { outline: "M8 1h8l7 7v8l-7 7H8l-7-7V8z", stroke: "M8 8l8 8M16 8l-8 8", text: "text-bad" },
  warning: { outline: "M12 1.5 23.5 22H.5z", stroke: "M12 9v6.2M12 18.6v.2", text: "text-warn" },
  known: {
    outline: "M5 1.5h14A3.5 3.5 0 0 1 22.5 5v14a3.5 3.5 0 0 1-3.5 3.5H5A3.5 3.5 0 0 1 1.5 19V5A3.5 3.5 0 0 1 5 1.5z",
    stroke: "M9 8v8M15 8v8",
    text: "text-soft",
  },
  unclear: {
    outline: "M12 .8 23.2 12 12 23.2.8 12z",
    stroke: "M9.6 9.6a2.4 2.4 0 1 1 3.4 2.2c-.7.4-1 .8-1 1.6M12 16.4v.2",
    text: "text-info",
  },
  ok: { outline: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22z", stroke: "M7 12.4l3.4 3.4L17 9", text: "text-ok" },
};

/** The class of a sign's own colour. */
export function signText(sign: WallSign): string {
  return SHAPES[sign].text;
}

/** Filled in the text's colour, its stroke in the colour of what lies behind. */
export function WallMark({ sign, ground = "var(--ground)", className = "" }: { sign: WallSign; ground?: string; className?: string }) {
  const { outline, stroke } = SHAPES[sign];
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={`shrink-0 ${className}`}>
      <path d={outline} fill="currentColor" />
      <path d={stroke} fill="none" stroke={ground} strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
