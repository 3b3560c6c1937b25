import { Moon, Sun, SunMoon } from "lucide-react";
import { useState } from "react";
import { applyTheme, readTheme, type Theme } from "./theme.ts";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: SunMoon, light: Sun, dark: Moon };
const WORDS: Record<Theme, string> = { system: "as the browser", light: "light", dark: "dark" };

export function ThemeToggle() {
  const [theme, setTheme] = useState(readTheme);
  const Icon = ICONS[theme];
  return (
    <button
      type="button"
      className="no-print grid size-9 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink"
      aria-label={`Colours: ${WORDS[theme]}. Change to ${WORDS[NEXT[theme]]}.`}
      title={`Colours: ${WORDS[theme]}`}
      onClick={() => {
        applyTheme(NEXT[theme]);
        setTheme(NEXT[theme]);
      }}
    >
      <Icon size={18} aria-hidden />
    </button>
  );
}
