import type { ReactNode } from "react";

/** What is said of the point under the pointer: a title, and figures by name or whatever else there is to say. */
export function ChartTip({
  title,
  figures = [],
  children,
}: {
  title: string;
  figures?: readonly (readonly [name: string, value: string])[];
  children?: ReactNode;
}) {
  return (
    <div className="max-w-72 rounded-lg border border-line bg-card px-3 py-2 text-sm shadow-lg">
      <p className="font-semibold">{title}</p>
      {figures.map(([name, value]) => (
        <p key={name} className="flex justify-between gap-4 text-soft">
          {name} <span className="text-ink tabular-nums">{value}</span>
        </p>
      ))}
      {children}
    </div>
  );
}
