/**
 * What all parts of mxray share: the closed unions, targets, printable text, and the types of every body. The schemas behind
 * those types are in `@mxray/contracts/schemas`, for whoever validates: without them nothing here loads a library.
 */
export * from "./ask.ts";
export type * from "./finding.ts";
export type * from "./finding-http.ts";
export type * from "./given-link.ts";
export * from "./host-label.ts";
export type * from "./http.ts";
export * from "./log-batch.ts";
export type * from "./log-http.ts";
export * from "./log-statistics.ts";
export * from "./lost-packets.ts";
export type * from "./mail-event.ts";
export type * from "./observation.ts";
export * from "./path-layout.ts";
export * from "./peer-reach.ts";
export * from "./peer-target.ts";
export type * from "./playbook-http.ts";
export * from "./printable.ts";
export type * from "./probe-comparison.ts";
export type * from "./probe-event.ts";
export type * from "./probe-report.ts";
export * from "./queue-id.ts";
export type * from "./scan-summary.ts";
export type * from "./search-http.ts";
export * from "./settings.ts";
export type * from "./settings-http.ts";
export * from "./size-class.ts";
export * from "./target.ts";
export type * from "./vantage.ts";
export type * from "./wall.ts";
export type * from "./watch-http.ts";
export * from "./watch-target.ts";
export * from "./words.ts";
