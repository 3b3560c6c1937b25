/** Every schema (TypeBox, so plain JSON Schema) with the type of the same name. */
export * from "./finding.ts";
export * from "./finding-http.ts";
export * from "./given-link.ts";
export * from "./http.ts";
export * from "./log-http.ts";
export * from "./mail-event.ts";
export * from "./observation.ts";
export * from "./peer-http.ts";
export * from "./playbook-http.ts";
export * from "./probe-comparison.ts";
export * from "./probe-event.ts";
export * from "./probe-report.ts";
export * from "./scan-summary.ts";
export * from "./settings-http.ts";
export * from "./vantage.ts";
export * from "./wall.ts";
