/** One choice of few, or none. */
export function Select<T extends string>({
  label,
  value,
  none,
  options,
  change,
}: {
  label: string;
  value: T | undefined;
  /** What no choice is called; left out where one is always made. */
  none?: string;
  options: readonly (readonly [value: T, name: string])[];
  change: (value: T | undefined) => void;
}) {
  return (
    <label className="block min-w-0">
      <span className="sr-only">{label}</span>
      <select
        value={value ?? ""}
        onChange={({ target }) => change(options.find(([one]) => one === target.value)?.[0])}
        className="h-9 w-full rounded-lg border border-line bg-card px-2.5 text-sm"
      >
        {none !== undefined && <option value="">{none}</option>}
        {options.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
