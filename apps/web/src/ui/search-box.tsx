import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";

const PAUSE_MS = 250;

/** A text filter that lives in the address of the page: it is told after a pause in typing. The key `/` leads to it (pages/frame/use-search-keys.ts). */
export function SearchBox({ value, label, change }: { value: string; label: string; change: (text: string) => void }) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(value);
  const [text, setText] = useState(value);
  useEffect(() => {
    // The address changed by another way, such as "clear".
    if (value !== told.current) setText(value);
    told.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label className="relative block min-w-0">
      <span className="sr-only">{label}</span>
      <Search size={16} aria-hidden className="absolute top-1/2 left-3 -translate-y-1/2 text-faint" />
      <input
        type="search"
        data-slash
        value={text}
        placeholder={label}
        maxLength={200}
        onChange={({ target }) => {
          setText(target.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            told.current = target.value.trim();
            change(told.current);
          }, PAUSE_MS);
        }}
        className="h-9 w-full rounded-lg border border-line bg-card pr-3 pl-9 text-sm"
      />
    </label>
  );
}
