/** A few ways to see the same, one of them at a time. */
export function Segments<T extends string>({
  options,
  names,
  chosen,
  choose,
}: {
  options: readonly T[];
  names: Readonly<Record<T, string>>;
  chosen: T | null;
  choose: (option: T) => void;
}) {
  return (
    <span className="no-print inline-flex gap-1 rounded-lg bg-raised p-1">
      {options.map((option) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === chosen}
          onClick={() => choose(option)}
          className={`rounded-md px-2.5 py-1 text-sm font-medium ${option === chosen ? "bg-card text-ink shadow-sm" : "text-soft hover:text-ink"}`}
        >
          {names[option]}
        </button>
      ))}
    </span>
  );
}
