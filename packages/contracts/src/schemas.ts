/** The schemas (TypeBox) behind the types: for whoever validates or documents. They cost a schema library; types and words do not. */
export * from "./finding.ts";
export * from "./http.ts";
export * from "./mail-event.ts";
export * from "./observation.ts";
export * from "./probe-event.ts";
export * from "./probe-report.ts";
export * from "./scan-summary.ts";
