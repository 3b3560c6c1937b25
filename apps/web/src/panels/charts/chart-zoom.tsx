/** The part of time that the charts of a page show, and the name by which their crosshairs are linked. */
import { createContext, type ReactNode, useContext, useId, useState } from "react";

/** Milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Zoom {
  /** Charts with the same one have a common crosshair. */
  readonly link: string;
  /** Null: all that there is. */
  readonly range: TimeRange | null;
  readonly change: (range: TimeRange | null) => void;
}

const Context = createContext<Zoom | null>(null);

/** Charts within it are zoomed together; by themselves, or as the page says. */
export function ChartZoom({ zoom, children }: { zoom?: Omit<Zoom, "link">; children: ReactNode }) {
  const link = useId();
  const [range, change] = useState<TimeRange | null>(null);
  return <Context value={{ link, ...(zoom ?? { range, change }) }}>{children}</Context>;
}

/** Of the page; a chart without one has its own. */
export function useZoom(): Zoom {
  const link = useId();
  const [range, change] = useState<TimeRange | null>(null);
  return useContext(Context) ?? { link, range, change };
}

/** Half as much around `at`, or twice as much; null where that is all. @param whole what there is */
export function zoomedAround(at: number, shown: TimeRange, whole: TimeRange, factor: number): TimeRange | null {
  const width = (shown.to - shown.from) * factor;
  if (width >= whole.to - whole.from) return null;
  const from = Math.min(Math.max(at - width / 2, whole.from), whole.to - width);
  return { from, to: from + width };
}
