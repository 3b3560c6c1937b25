/**
 * Of a list that may be very long, the rows that are in the document: those near the screen, and the one that has the focus, so
 * that reading on by keyboard never loses its place. The page itself scrolls; there is no box within it. Rows may be of any
 * height: each is measured when it is there, until then it is guessed.
 */
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Rows beyond the screen that are there as well: a step of the keyboard finds the next one. */
const OVERSCAN = 12;
/** So many rows before the last one, more are asked for. */
const NEAR_END = 20;

interface VirtualRowsOptions {
  readonly count: number;
  /** Of a row that was not measured yet, pixels. */
  readonly rowHeight: number;
  /** What holds the rows, and nothing above them. */
  readonly container: RefObject<HTMLElement | null>;
  /** The reader comes near the last row. */
  readonly onEnd?: (() => void) | undefined;
}

interface VirtualRow {
  readonly index: number;
  /** Pixels to leave empty between the row before and this one. */
  readonly gap: number;
}

export interface VirtualRows {
  readonly rows: readonly VirtualRow[];
  /** Pixels to leave empty behind the last row. */
  readonly rest: number;
  /** Goes on each row, which needs `data-index` as well. */
  readonly measure: (row: HTMLElement | null) => void;
}

export function useVirtualRows({ count, rowHeight, container, onEnd }: VirtualRowsOptions): VirtualRows {
  const top = useTopOf(container);
  const focused = useRef(-1);
  useEffect(() => {
    const rows = container.current;
    const onFocus = ({ target, type }: FocusEvent) => {
      const row = (target as Element).closest<HTMLElement>("[data-index]");
      focused.current = type === "focusin" && row !== null ? Number(row.dataset.index) : -1;
    };
    rows?.addEventListener("focusin", onFocus);
    rows?.addEventListener("focusout", onFocus);
    return () => {
      rows?.removeEventListener("focusin", onFocus);
      rows?.removeEventListener("focusout", onFocus);
    };
  }, [container]);
  const rangeExtractor = useCallback((range: Range) => {
    const near = defaultRangeExtractor(range);
    // With its neighbours: where the focus goes next.
    const kept = focused.current === -1 ? [] : [focused.current - 1, focused.current, focused.current + 1];
    return [...new Set([...near, ...kept.filter((index) => index >= 0 && index < range.count)])].sort((a, b) => a - b);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: top,
    rangeExtractor,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (count > 0 && last >= count - NEAR_END) onEnd?.();
  }, [last, count, onEnd]);
  let end = top;
  const rows = items.map(({ index, start, end: behind }) => {
    const gap = Math.max(0, start - end);
    end = behind;
    return { index, gap };
  });
  return { rows, rest: Math.max(0, virtualizer.getTotalSize() + top - end), measure: virtualizer.measureElement };
}

/** How far below the page's beginning an element lies, pixels; that changes with what is above it. */
function useTopOf(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      if (element.current !== null) setTop(Math.round(element.current.getBoundingClientRect().top + window.scrollY));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
