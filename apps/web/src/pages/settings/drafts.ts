/** What was typed into settings and is not saved yet; it outlives the section that it was typed in. */
import type { Setting, SettingName } from "@mxray/contracts";
import { useState } from "react";

export interface Drafts {
  /** As typed, else as it stands. */
  textOf(setting: Setting): string;
  isChanged(setting: Setting): boolean;
  edit(name: SettingName, text: string): void;
  forget(names: readonly SettingName[]): void;
}

export function useDrafts(): Drafts {
  const [texts, setTexts] = useState<Partial<Record<SettingName, string>>>({});
  return {
    textOf: ({ name, value }) => texts[name] ?? value,
    isChanged: ({ name, value }) => (texts[name] ?? value).trim() !== value,
    edit: (name, text) => setTexts((before) => ({ ...before, [name]: text })),
    forget: (names) =>
      setTexts((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !names.includes(name as SettingName)))),
  };
}
