import { useEffect } from "react";

/**
 * Names the page in tabs, history and bookmarks.
 *
 * @param title of the page or of what it shows; null until that is known, when the title before it stays
 */
export function usePageTitle(title: string | null): void {
  useEffect(() => {
    if (title !== null) document.title = `${title} · mxray`;
  }, [title]);
}
