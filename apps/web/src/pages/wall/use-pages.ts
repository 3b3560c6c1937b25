import { useEffect, useState } from "react";
import type { WallOptions } from "./wall-options.ts";

export interface Pages<T> {
  readonly shown: readonly T[];
  /** From 0. */
  readonly page: number;
  readonly pages: number;
}

/** A list that does not fit, page after page. */
export function usePages<T>(items: readonly T[], perPage: number, { rotate, speed }: Pick<WallOptions, "rotate" | "speed">): Pages<T> {
  const pages = Math.max(1, Math.ceil(items.length / perPage));
  const [turned, setTurned] = useState(0);
  const turning = rotate && pages > 1;
  useEffect(() => {
    if (!turning) return;
    const timer = setInterval(() => setTurned((before) => before + 1), speed * 1000);
    return () => clearInterval(timer);
  }, [turning, speed]);
  const page = turning ? turned % pages : 0;
  return { shown: items.slice(page * perPage, (page + 1) * perPage), page, pages };
}
