/** The parts of the settings page, as they stand in its address and in its words. */
export const SETTINGS_SECTIONS = [
  ["logs", "Log sources"],
  ["targets", "Target policy"],
  ["automatic", "Automatic probing"],
  ["retention", "Retention"],
  ["links", "Links given out"],
  ["about", "About"],
] as const;

export type SettingsSection = (typeof SETTINGS_SECTIONS)[number][0];
