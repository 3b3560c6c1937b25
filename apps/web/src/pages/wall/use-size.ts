import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** An element's inner size in rem: the wall's lengths grow with the screen. */
export function useSize<E extends HTMLElement>(): [RefObject<E | null>, { readonly width: number; readonly height: number }] {
  const element = useRef<E>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const measure = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setSize({ width: current.clientWidth / rem, height: current.clientHeight / rem });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    measure();
    return () => observer.disconnect();
  }, []);
  return [element, size];
}
