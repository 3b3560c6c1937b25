/** The chart of stacked bars, loaded when it is first shown. */
import { lazy } from "react";

export const StackedBars = lazy(async () => ({ default: (await import("./stacked-bars-chart.tsx")).StackedBarsChart }));
