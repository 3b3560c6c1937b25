/** What each setting is for, how it is typed, and what a change of it takes away or lets in. */
import type { SettingName } from "@mxray/contracts";

export interface SettingWords {
  readonly kind: "list" | "line" | "days" | "minutes" | "targets" | "choice";
  readonly help: string;
  readonly example?: string;
}

export const SETTING_WORDS: Readonly<Record<SettingName, SettingWords>> = {
  doNotProbe: {
    kind: "list",
    help: "Domains (with all names below them), addresses and networks that mxray never connects to. One per line.",
    example: "example.org\n198.51.100.0/24",
  },
  allowTargets: {
    kind: "list",
    help: "Private, loopback and other non-public addresses are refused unless they are in one of these networks.",
    example: "10.0.0.0/8\nfd00::/8",
  },
  allowPorts: { kind: "line", help: "Ports that may be probed in addition to 25, 465, 587 and 2525.", example: "2526, 10025" },
  helo: {
    kind: "line",
    help: "Name that mxray sends in EHLO. Default: this machine's name.",
    example: "mail.example.com",
  },
  contact: {
    kind: "line",
    help: "Contact address for operators of mail hosts, included in the text that the DATA ladder sends.",
    example: "postmaster@example.com",
  },
  logProbing: { kind: "choice", help: "What happens when a log shows that mail to a host stalls." },
  watchMinutes: {
    kind: "minutes",
    help: "Minutes between probes of a watched target, 1 to 1440 (±10 % jitter).",
  },
  mostMonitors: { kind: "targets", help: "Number of targets that can be watched, 1 to 10,000." },
  logDays: { kind: "days", help: "Findings are based on the last days of the followed logs, 1 to 90." },
  logEventDays: { kind: "days", help: "Error lines are kept for this many days, 1 to 400. Counts are always kept for 400 days." },
  probeDays: {
    kind: "days",
    help: "Probes and sent alerts are kept for this many days, 1 to 3650; a probe stays longer while an open finding or a working share needs it.",
  },
  auditDays: {
    kind: "days",
    help: "Entries of the audit, and links and API tokens that have ended, are kept for this many days, 1 to 3650.",
  },
};

export const PROBING_CHOICES = [
  ["off", "Off", "Nothing happens. A host is probed only when a user enters it or starts a probe on its page."],
  ["ask", "Ask", "Each such host has a button that probes it."],
  [
    "on",
    "Automatic",
    "mxray probes the host, without a DATA ladder, once a day at most, and never again after a 421 or 554 reply. Clients that send to you are never probed.",
  ],
] as const;

/** Sentences for what a change takes away or lets in; none where it does neither. */
export function dangersOf(name: SettingName, before: string, after: string): string[] {
  const added = entriesOf(after).filter((entry) => !entriesOf(before).includes(entry));
  const gone = entriesOf(before).filter((entry) => !entriesOf(after).includes(entry));
  switch (name) {
    case "allowTargets":
      return added.map((entry) => `Every signed-in user can make mxray connect to ${entry}, which is inside a network.`);
    case "allowPorts":
      return added.map((entry) => `Every signed-in user can make mxray connect to port ${entry} of hosts that may be probed.`);
    case "doNotProbe":
      return gone.map((entry) => `${entry} may be probed again.`);
    case "logProbing":
      return after === "on" ? ["mxray connects automatically to hosts to which mail stalls."] : [];
    case "probeDays":
      return shorter(before, after) ? [`Probes of more than ${after} days ago are deleted immediately, with their transcripts.`] : [];
    case "logEventDays":
      return shorter(before, after) ? [`Log lines of more than ${after} days ago are deleted immediately.`] : [];
    case "auditDays":
      return shorter(before, after) ? [`What the audit recorded more than ${after} days ago is deleted immediately.`] : [];
    case "watchMinutes":
    case "mostMonitors":
    case "logDays":
    case "helo":
    case "contact":
      return [];
  }
}

function entriesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== "");
}

function shorter(before: string, after: string): boolean {
  return /^[0-9]+$/.test(after.trim()) && Number(after) < Number(before);
}
