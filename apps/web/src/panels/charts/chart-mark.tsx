/** A dot arrived, a cross did not: colour is not all that tells them apart. */
export function ChartMark({ arrived, colour, cx, cy }: { arrived: boolean; colour: string; cx: number; cy: number }) {
  if (arrived) return <circle cx={cx} cy={cy} r={5.5} fill={colour} fillOpacity={0.85} stroke="var(--card)" />;
  return <path d={`M${cx - 5},${cy - 5}l10,10m0,-10l-10,10`} stroke={colour} strokeWidth={2.6} strokeLinecap="round" fill="none" />;
}
