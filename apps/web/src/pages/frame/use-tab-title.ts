import { type RefObject, useEffect } from "react";

/** Names the browser's tab after the first heading of the page, also where that changes or arrives later. */
export function useTabTitle(page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = page.current;
    if (element === null) return;
    const name = () => {
      const heading = element.querySelector("h1")?.textContent.trim();
      const title = heading ? `${heading} · mxray` : "mxray";
      if (document.title !== title) document.title = title;
    };
    name();
    const observer = new MutationObserver(name);
    observer.observe(element, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [page]);
}
