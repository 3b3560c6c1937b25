/** Types, words and plain functions. No schema library is loaded for them: the schemas are in `@mxray/contracts/schemas`. */
export type * from "./finding.ts";
export type * from "./http.ts";
export * from "./log-statistics.ts";
export type * from "./mail-event.ts";
export type * from "./observation.ts";
export * from "./peer-reach.ts";
export * from "./printable.ts";
export type * from "./probe-event.ts";
export type * from "./probe-report.ts";
export type * from "./scan-summary.ts";
export * from "./size-class.ts";
export * from "./target.ts";
export * from "./words.ts";
