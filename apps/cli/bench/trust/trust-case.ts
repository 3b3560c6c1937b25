/** One network of the trust benchmark, as data: what the path does to packets, who answers, and what is right to say of it. */
import type { FirewallFault, RelayPlan } from "@mxray/lab";

export const CLEAN_CLASSES = [
  "random loss",
  "bursts",
  "large packets lost at times",
  "policed",
  "shaped",
  "reordered",
  "duplicated",
  "slow",
  "tiny windows",
  "host settings",
  "hashed",
] as const;
export type CleanClass = (typeof CLEAN_CLASSES)[number];

export const HOLE_CLASSES = ["outbound", "inbound", "both ways", "two links", "reported", "reported at times"] as const;
export type HoleClass = (typeof HOLE_CLASSES)[number];

/** A link, by the number of links before it; packets above `mtu` bytes do not pass. */
export interface Narrowing {
  readonly link: number;
  readonly mtu: number;
  readonly direction: "outbound" | "inbound" | "both";
  /** A switch drops what is too large, fragments and all, in place of a router that might report it. */
  readonly silentSwitch: boolean;
}

export interface TrustCase {
  readonly kind: "clean" | "hole";
  readonly class: CleanClass | HoleClass;
  /** Makes this very case again. */
  readonly seed: number;
  readonly family: 4 | 6;
  /** Name of a mail host of the lab. */
  readonly peer: string;
  readonly relay: RelayPlan;
  readonly narrow: readonly Narrowing[];
  /** By the number of routers before it. */
  readonly faults: readonly { readonly router: number; readonly fault: FirewallFault }[];
  /** Settings of the client's kernel, by sysctl name. */
  readonly client: Readonly<Record<string, string>>;
  readonly server: Readonly<Record<string, string>>;
  /** The largest packets that get through, bytes, and the link that stops larger ones; null where there is no hole. */
  readonly hole: { readonly outbound: { readonly mtu: number; readonly link: number } | null; readonly inbound: number | null };
  /** What discovery finds, bytes; null where nothing is reported. */
  readonly reported: number | null;
}
