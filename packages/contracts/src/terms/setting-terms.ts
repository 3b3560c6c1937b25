/** Settings that can be changed while the server runs: their names, and what they are called before a person. */

export const SETTING_NAMES = [
  "doNotProbe",
  "allowTargets",
  "allowPorts",
  "helo",
  "contact",
  "logProbing",
  "watchMinutes",
  "mostMonitors",
  "logDays",
  "logEventDays",
  "probeDays",
  "auditDays",
] as const;
export type SettingName = (typeof SETTING_NAMES)[number];

export const SETTING_TITLES: Readonly<Record<SettingName, string>> = {
  doNotProbe: "Never probe",
  allowTargets: "Private networks that may be probed",
  allowPorts: "Further ports",
  helo: "Name in EHLO",
  contact: "Contact",
  logProbing: "Automatic probing",
  watchMinutes: "Minutes between two probes of a watched target",
  mostMonitors: "Maximum number of watched targets",
  logDays: "Days of logs that findings are based on",
  logEventDays: "Days for which log lines are kept",
  probeDays: "Days for which probes are kept",
  auditDays: "Days for which the audit is kept",
};
