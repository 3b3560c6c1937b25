/**
 * What all parts of mxray share: the closed unions, targets, printable text, and the types of every body. The schemas behind
 * those types are in `@mxray/contracts/schemas`, for whoever validates: without them nothing here loads a library.
 */

export type * from "./finding.ts";
export * from "./findings/finding-subject.ts";
export * from "./findings/joined-findings.ts";
export type * from "./http/error-body.ts";
export type * from "./http/findings.ts";
export type * from "./http/links.ts";
export type * from "./http/live-event.ts";
export type * from "./http/logs.ts";
export type * from "./http/peers.ts";
export type * from "./http/playbook.ts";
export type * from "./http/probes.ts";
export type * from "./http/search.ts";
export type * from "./http/session.ts";
export type * from "./http/settings.ts";
export type * from "./http/shared-diagnosis.ts";
export type * from "./http/vantages.ts";
export type * from "./http/wall.ts";
export * from "./http/watch-target.ts";
export type * from "./http/watches.ts";
export type * from "./http/work-problem.ts";
export * from "./logs/bot.ts";
export * from "./logs/log-batch.ts";
export * from "./logs/log-caps.ts";
export * from "./logs/log-example.ts";
export type * from "./logs/log-statistics.ts";
export type * from "./logs/mail-event.ts";
export type * from "./logs/pasted-fault.ts";
export * from "./logs/peer-sign.ts";
export * from "./logs/scan-peers.ts";
export type * from "./logs/scan-summary.ts";
export * from "./logs/size-class.ts";
export * from "./names/peer-identity.ts";
export * from "./names/peer-reach.ts";
export * from "./names/peer-target.ts";
export * from "./names/practice-name.ts";
export * from "./names/queue-id.ts";
export * from "./names/target.ts";
export * from "./printable.ts";
export type * from "./probes/observation.ts";
export type * from "./probes/probe-comparison.ts";
export type * from "./probes/probe-event.ts";
export type * from "./probes/probe-report.ts";
export * from "./terms/finding-terms.ts";
export * from "./terms/link-terms.ts";
export * from "./terms/log-terms.ts";
export * from "./terms/peer-terms.ts";
export * from "./terms/probe-terms.ts";
export * from "./terms/setting-terms.ts";
export * from "./terms/vantage-terms.ts";
export * from "./terms/wall-terms.ts";
export * from "./text/ask.ts";
export * from "./text/host-label.ts";
export * from "./text/lost-packets.ts";
export * from "./text/path-layout.ts";
