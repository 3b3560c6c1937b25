/** The closed unions of the contract, in words for people. */
import {
  type Audience,
  type Confidence,
  type EndOfDataOutcome,
  type FindingChangeKind,
  type FindingCode,
  type FindingFate,
  type FindingState,
  formatEndpoint,
  type PathVerdictKind,
  PLATFORMS,
  type RungOutcome,
  type Severity,
  type StageOutcome,
  type Subject,
} from "@mxray/contracts";

export const RUNG_WORDS: Record<RungOutcome, string> = {
  acked: "acknowledged",
  stalled: "lost",
  released: "lost with DF set, delivered without DF",
  resized: "made smaller by our kernel after “fragmentation needed”",
  reset: "connection reset",
  closed: "connection closed",
  rejected: "rejected by the host",
};

export const CONFIDENCE_WORDS: Record<Confidence, string> = { proven: "proven", likely: "likely", suspected: "suspected" };

export const AUDIENCE_NAMES: Record<Audience, string> = {
  sender: "Sender",
  network: "Network team",
  receiver: "Receiver",
};

export type Tone = "ok" | "warn" | "bad" | "info";

export function toneOf({ code, severity }: { code: FindingCode; severity: Severity }): Tone {
  if (code === "healthy") return "ok";
  return severity === "critical" ? "bad" : severity === "warning" ? "warn" : "info";
}

export const SEVERITY_WORDS: Record<Severity, string> = { critical: "critical", warning: "warning", info: "good to know" };

export const STATE_WORDS: Record<FindingState, string> = {
  open: "open",
  acknowledged: "acknowledged",
  dismissed: "dismissed",
  fixed: "fixed",
};
export const STATE_TONES: Record<FindingState, Tone> = { open: "bad", acknowledged: "info", dismissed: "info", fixed: "ok" };
export const CHANGE_TONES: Record<FindingChangeKind, Tone> = {
  opened: "bad",
  acknowledged: "info",
  dismissed: "info",
  fixed: "ok",
  withdrawn: "info",
  reopened: "bad",
};

export const RUNG_TONES: Record<RungOutcome, Tone> = {
  acked: "ok",
  stalled: "bad",
  released: "bad",
  resized: "info",
  reset: "warn",
  closed: "warn",
  rejected: "warn",
};

export const STAGE_TONES: Record<StageOutcome, Tone> = {
  ok: "ok",
  failed: "bad",
  stalled: "bad",
  refused: "bad",
  skipped: "info",
  "not-tested": "info",
};

export const PATH_TONES: Record<PathVerdictKind, Tone> = {
  clear: "ok",
  "pmtud-works": "ok",
  "black-hole": "bad",
  cliff: "bad",
  lossy: "warn",
  inconclusive: "info",
  "not-tested": "info",
};

export const FATE_TONES: Record<FindingFate, Tone> = { fixed: "ok", remains: "bad", unproven: "info", new: "bad" };

export const END_OF_DATA_TONES: Record<EndOfDataOutcome, Tone> = {
  ok: "ok",
  stalled: "bad",
  rejected: "warn",
  closed: "bad",
  "not-tested": "info",
};

export function platformName(platform: string): string {
  if (platform === "any") return "Any system";
  return (PLATFORMS as Readonly<Record<string, string>>)[platform] ?? platform;
}

/** `mx1.example.com 192.0.2.1:2525`, or that it is about us. */
export function subjectWords({ host, address, port }: Subject): string {
  const endpoint = address === null ? null : formatEndpoint(address, port ?? undefined);
  return [host, endpoint].filter((part) => part !== null).join(" ") || "this mail server";
}
