import type { UserRole } from "@mxray/contracts";

/** The parts of the settings page, as they stand in its address and in its words, and the least role that sees each. */
export const SETTINGS_SECTIONS = [
  ["logs", "Log sources", "admin"],
  ["agents", "Agents", "admin"],
  ["targets", "Target policy", "admin"],
  ["automatic", "Automatic probing", "admin"],
  ["maintenance", "Maintenance", "operator"],
  ["alerts", "Alerts", "admin"],
  ["retention", "Retention", "admin"],
  ["users", "Users", "admin"],
  ["tokens", "API tokens", "admin"],
  ["audit", "Audit", "admin"],
  ["links", "Links", "operator"],
  ["account", "Your account", "viewer"],
  ["about", "About", "admin"],
] as const satisfies readonly (readonly [name: string, title: string, least: UserRole])[];

export type SettingsSection = (typeof SETTINGS_SECTIONS)[number][0];
