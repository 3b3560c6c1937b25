/** The chart of bars over time, loaded when it is first shown. */
import { lazy } from "react";

export const TimeBars = lazy(async () => ({ default: (await import("./time-bars-chart.tsx")).TimeBarsChart }));
