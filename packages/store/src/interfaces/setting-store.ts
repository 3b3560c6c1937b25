/** Settings that were changed in the page. */
import type { Act } from "./audit-store.ts";

export interface StoredSetting {
  readonly name: string;
  readonly value: string;
  readonly changedAt: string;
}

/** What was set in the page, as text; which names there are and what they mean is the server's business. */
export interface SettingStore {
  list(): Promise<StoredSetting[]>;
  /** All of them or none; null takes one away. */
  change(values: Readonly<Record<string, string | null>>, at: string, act?: Act): Promise<void>;
}
