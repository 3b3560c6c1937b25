import { type RefObject, useEffect, useRef, useState } from "react";
import { type SteadyRows, steadyRows } from "./steady-rows.ts";

/**
 * Rows of a list that changes by itself: in place while nobody reads it, without moving while somebody does, who has scrolled
 * into it or has the focus in it.
 *
 * @param scope what is listed (its filters): another list is shown as it is
 * @param placeholder the rows are those of the list before, until its own are there
 */
export function useSteadyRows<T>(
  rows: readonly T[],
  {
    keyOf,
    list,
    scope,
    placeholder = false,
  }: { keyOf: (row: T) => string; list: RefObject<HTMLElement | null>; scope: string; placeholder?: boolean },
): SteadyRows<T> & { readonly show: () => void } {
  const shown = useRef<{ readonly scope: string; readonly rows: readonly T[] }>({ scope, rows: [] });
  const [, draw] = useState(0);
  const held = shown.current.scope === scope && isRead(list.current) ? shown.current.rows : [];
  const steady = steadyRows(held, rows, keyOf);
  useEffect(() => {
    if (!placeholder) shown.current = { scope, rows: steady.rows };
  });
  const show = () => {
    shown.current = { scope, rows: [] };
    draw((count) => count + 1);
  };
  return { ...steady, show };
}

function isRead(list: HTMLElement | null): boolean {
  return list !== null && (list.contains(document.activeElement) || list.getBoundingClientRect().top < 0);
}
