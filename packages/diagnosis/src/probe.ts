/** What a probe needs of this package, and nothing that only a reading of logs does: a command loads what it imports. */
export { findOurSide } from "./our-side/mark-our-side.ts";
export { probeReportOf } from "./probe-report.ts";
export { renderReportText } from "./render/report-text.ts";
