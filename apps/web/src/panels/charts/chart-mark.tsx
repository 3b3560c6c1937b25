/** A dot arrived, a ring did so under other conditions, a cross did not: colour is not all that tells them apart. */
export type MarkShape = "dot" | "ring" | "cross";

export function ChartMark({ shape, colour, cx, cy }: { shape: MarkShape; colour: string; cx: number; cy: number }) {
  switch (shape) {
    case "dot":
      return <circle cx={cx} cy={cy} r={5.5} fill={colour} fillOpacity={0.85} stroke="var(--card)" />;
    case "ring":
      return <circle cx={cx} cy={cy} r={4.5} fill="var(--card)" fillOpacity={0.6} stroke={colour} strokeWidth={1.6} />;
    case "cross":
      return <path d={`M${cx - 5},${cy - 5}l10,10m0,-10l-10,10`} stroke={colour} strokeWidth={2.6} strokeLinecap="round" fill="none" />;
  }
}
