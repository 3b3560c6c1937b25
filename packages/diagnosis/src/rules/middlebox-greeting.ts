/**
 * Devices that name themselves in a greeting or a refusal. Information for whoever looks for the cause, never an
 * accusation: a device that says who it is does nothing wrong by that. Patterns after nmap's published service probes.
 */
import type { MailHostObservation } from "@mxray/contracts";
import type { EvidenceLog } from "../finding-draft.ts";

interface Signature {
  readonly device: string;
  readonly pattern: RegExp;
}

/** Each pattern is linear in the greeting's length. */
const SIGNATURES: readonly Signature[] = [
  { device: "Check Point FireWall-1's SMTP security server", pattern: /^220 CheckPoint FireWall-1 secure E?SMTP server/i },
  { device: "a Barracuda gateway", pattern: /^220 \S{1,255} ESMTP \([0-9a-f]{32}\)|blocked using Barracuda Reputation/i },
  { device: "Fortinet FortiMail", pattern: /^220 \S{1,255} ESMTP Smtpd; / },
  {
    device: "Symantec Messaging Gateway",
    pattern: /^220 \S{1,255} ESMTP Symantec Messaging Gateway|^554 \S{1,64} \S{1,255} No mail service/,
  },
  {
    device: "a Cisco Secure Email (IronPort) gateway",
    pattern: /^220[ -]\S{1,255} AsyncOS|\n220 \S{1,255} AsyncOS|^554-\S{1,255}\n554 .{0,200}poor reputation/,
  },
  { device: "a Trend Micro InterScan gateway", pattern: /^220-(?:InterScan|TrendMicro IMSS)/ },
  { device: "a McAfee WebShield appliance", pattern: /^220 \S{1,255} WebShielde?\d*\/SMTP Ready/i },
  { device: "the smap proxy of the TIS firewall toolkit", pattern: /^220 \S{1,255} SMTP\/smap Ready/ },
  { device: "avast's SMTP proxy", pattern: /^220 \S{1,255} SMTP avast! SMTP proxy|^220 \S{1,255} avast! SMTP proxy/ },
  { device: "AVG's SMTP proxy", pattern: /^220 AVG ESMTP Proxy Server/ },
  { device: "OpenBSD's spamd, which answers slowly on purpose", pattern: /ESMTP spamd IP-based SPAM blocker/ },
];

/** The device that the greeting names, or null. */
function middleboxOfGreeting(text: string): string | null {
  return SIGNATURES.find(({ pattern }) => pattern.test(text))?.device ?? null;
}

/** Adds a row where the host's greeting or refusal names a device. */
export function middleboxEvidence(log: EvidenceLog, { greeting, stages }: MailHostObservation): void {
  const texts = [greeting.text, ...stages.map(({ reply }) => reply?.text ?? null)].filter((text) => text !== null);
  const device = texts.map(middleboxOfGreeting).find((found) => found !== null) ?? null;
  if (device !== null) {
    log.add(`For information: the greeting is that of ${device}. That alone is no fault; it says whom to ask.`, { device });
  }
}
