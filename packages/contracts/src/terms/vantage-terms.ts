/** Places that probes run from. */

/** Places that probes run from. */
export const VANTAGE_NAMES = ["local", "lab"] as const;
export type VantageName = (typeof VANTAGE_NAMES)[number];

/** What is seen from there is made for learning, and says nothing about anybody's mail. */
export function isPractice({ name }: { readonly name: string }): boolean {
  return name === ("lab" satisfies VantageName);
}

export const VANTAGE_STATES = ["ready", "starting", "stopped", "unavailable"] as const;
export type VantageState = (typeof VANTAGE_STATES)[number];
