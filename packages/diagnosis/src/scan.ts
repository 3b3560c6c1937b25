/** What a reading of logs needs of this package, and nothing that only a probe does: a command loads what it imports. */
export { type DiagnoseLogOptions, diagnoseLog, type LogSign, logSigns } from "./log/diagnose-log.ts";
export { renderScanText } from "./render/scan-text.ts";
