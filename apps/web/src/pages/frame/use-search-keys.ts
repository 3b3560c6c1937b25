import { useEffect } from "react";
import { isTyping } from "../../ui/is-typing.ts";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** As they stand on this machine's keyboard. */
export const SEARCH_KEYS = IS_MAC ? "⌘ K" : "Ctrl K";

/**
 * Control-K (⌘K) opens the search from anywhere; `/` leads to the page's own field (`data-slash`), and opens the search where
 * there is none.
 */
export function useSearchKeys(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (key.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey && !shiftKey) {
        event.preventDefault();
        open();
        return;
      }
      if (key !== "/" || ctrlKey || metaKey || altKey || isTyping(event.target)) return;
      if (document.querySelector("[role=dialog]") !== null) return;
      event.preventDefault();
      const field = document.querySelector<HTMLElement>("[data-slash]");
      if (field === null) open();
      else field.focus();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [open]);
}
