export { diagnoseProbe, verdictOf } from "./diagnose-probe.ts";
export { PLAYBOOK } from "./playbook/playbook.ts";
export type { PlaybookEntry } from "./playbook/playbook-entry.ts";
export { remediesFor } from "./playbook/remedies-for.ts";
export type { RemedyFacts } from "./playbook/remedy-facts.ts";
export { renderRemedy } from "./playbook/render-remedy.ts";
export { renderDiagnosisMarkdown } from "./render/diagnosis-markdown.ts";
export { renderReportText } from "./render/report-text.ts";
export { RETRY_DEFAULTS, type RetryAttempt, type RetrySettings, retrySchedule } from "./retry-schedule.ts";
