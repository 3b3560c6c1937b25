import { type ReactNode, useEffect, useRef, useState } from "react";

/** Pixels below the screen at which it is as good as seen. */
const NEAR = "300px";
/** What nobody has scrolled to comes by then, too, so that it is there when the page is printed. */
const LATEST_MS = 5000;

/** Something costly, such as a chart, that waits until the reader comes near it; until then `fallback` holds its place. */
export function WhenSeen({ fallback, children }: { fallback: ReactNode; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [seen, see] = useState(false);
  useEffect(() => {
    if (place.current === null) return;
    const show = () => see(true);
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && show(), { rootMargin: NEAR });
    observer.observe(place.current);
    const timer = setTimeout(show, LATEST_MS);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, []);
  return seen ? (
    children
  ) : (
    <div ref={place} className="h-full">
      {fallback}
    </div>
  );
}
