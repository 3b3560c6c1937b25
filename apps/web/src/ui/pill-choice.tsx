import type { ReactNode } from "react";

/** A few choices side by side, of which one holds. */
export function PillChoice<T extends string>({
  label,
  value,
  options,
  change,
}: {
  label: string;
  value: T;
  options: readonly (readonly [value: T, name: ReactNode])[];
  change: (value: T) => void;
}) {
  return (
    <fieldset className="no-print inline-flex max-w-full min-w-0 gap-1 overflow-x-auto rounded-lg border border-line bg-raised p-1">
      <legend className="sr-only">{label}</legend>
      {options.map(([one, name]) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === value}
          onClick={() => change(one)}
          className={`rounded-md px-2.5 py-1 text-sm font-medium whitespace-nowrap ${one === value ? "bg-card text-ink shadow-sm" : "text-soft hover:text-ink"}`}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
