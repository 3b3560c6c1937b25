/** Watched targets and their rounds (see store.ts). */

import type { FindingCode, Maintenance, ProbeRequest, RoundMemory, WatchRound } from "@mxray/contracts";
import type { Act } from "./audit-store.ts";

export interface NewWatch {
  /** In one spelling: there is one watch of it from each vantage. */
  readonly target: string;
  /** Of each round. */
  readonly request: ProbeRequest;
  readonly createdAt: string;
  /** Of the first round. */
  readonly dueAt: string;
  /** What is left out is as it was; of a new one, the default. */
  readonly settings?: Partial<WatchSettings>;
}

export interface WatchSettings {
  /** Between two rounds; null: as the server's setting says. */
  readonly everyMinutes: number | null;
  readonly tags: readonly string[];
  /** No rounds begin. */
  readonly paused: boolean;
}

export interface StoredWatch extends Omit<NewWatch, "settings">, WatchSettings {
  readonly id: string;
  /** Where its rounds run, as its request says. */
  readonly vantage: string;
  /** When the next round begins. */
  readonly dueAt: string;
  /** Rounds in a row that met a host that wants no probes. */
  readonly refusals: number;
  /** Why the last round could not begin. */
  readonly trouble: string | null;
  /** Of the last round's verdict; null before the first, and where a round failed. */
  readonly code: FindingCode | null;
  /** Since when rounds say the same. */
  readonly sinceAt: string | null;
  /** What the last two rounds said of findings that rest on one connection, the newest first. */
  readonly memory: readonly RoundMemory[];
  /** A probe of its target waits or runs. */
  readonly probing: boolean;
  /** Those that ended, the newest first, at most 24. */
  readonly rounds: readonly WatchRound[];
}

/** What is given, changes. */
export type WatchChange = Partial<Pick<StoredWatch, "dueAt" | "refusals" | "trouble" | "code" | "sinceAt" | "memory">>;

/** Targets that are probed again and again. */
export interface WatchStore {
  /** Watches a target from the vantage of its request; one that is watched from there already takes the new request and stays as it is. Null when there are `most` others. */
  put(watch: NewWatch, most: number, act?: Act): Promise<{ readonly id: string; readonly created: boolean } | null>;
  get(id: string): Promise<StoredWatch | null>;
  /** By target and vantage. */
  list(): Promise<StoredWatch[]>;
  /** Whether this target is watched, from wherever. */
  has(target: string): Promise<boolean>;
  /** Those whose round is due, none that is paused. */
  due(now: string, limit: number): Promise<StoredWatch[]>;
  /** Rounds that wait or run. */
  underWay(): Promise<number>;
  /** When the next round of any is due. */
  nextDueAt(): Promise<string | null>;
  /** False when it has ended. */
  change(id: string, change: WatchChange): Promise<boolean>;
  /** Its probes stay. */
  end(id: string, act?: Act): Promise<boolean>;
  /**
   * Forgets rounds that say the same as the one before them, but not the newest `keep`, none asked for since `before`, and none
   * that a finding's life, a share or another probe leads to. Gives how many.
   */
  tidy(id: string, limits: { readonly keep: number; readonly before: string }): Promise<number>;
}

/** Times in which no rounds begin. */
export interface MaintenanceStore {
  /** By name. */
  list(): Promise<Maintenance[]>;
  /** Takes the place of the one with its name. */
  put(window: Maintenance, act?: Act): Promise<void>;
  delete(name: string, act?: Act): Promise<boolean>;
}
