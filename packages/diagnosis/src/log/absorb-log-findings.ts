/**
 * Where a probe has found the cause, the signs of it in the log are no findings of their own: the probe's finding absorbs
 * them as evidence. They meet by the peer's address. Each sign goes to one cause, the one that explains it best. A fault on our
 * side that both show is about no address: they meet by the way to fail.
 *
 * `pmtu-reduced` absorbs nothing: it says that discovery works, and a log that shows stalls all the same must stay seen.
 */
import { canonicalAddress, FINDING_CODES, type Finding, type FindingCode, type LogTrouble } from "@mxray/contracts";
import { compareFindings } from "../finding-order.ts";
import { sharedFaultsOf } from "../shared-fault.ts";

/** Causes that absorb, the best explanation first. */
const CAUSES_OF: Partial<Record<FindingCode, readonly FindingCode[]>> = {
  "log-outbound-stalls": ["pmtu-black-hole", "dotcrlf-split", "smtp-fixup", "pmtu-black-hole-inbound"],
  "log-size-correlated": ["pmtu-black-hole", "smtp-fixup", "dotcrlf-split", "pmtu-black-hole-inbound"],
  "log-inbound-stalls": ["pmtu-black-hole-inbound", "pmtu-black-hole", "smtp-fixup", "dotcrlf-split"],
  "log-tls-stalls": ["pmtu-black-hole-inbound", "smtp-fixup"],
  "log-greeting-stalls": ["pmtu-black-hole-inbound", "smtp-fixup"],
  "log-rcpt-stalls": ["pmtu-black-hole", "command-inspection", "smtp-fixup"],
  "log-tls-policy": ["starttls-masked", "smtp-fixup"],
  "log-ipv6-delay": ["ipv6-unreachable"],
  "log-pix-workarounds": ["smtp-fixup", "dotcrlf-split", "pmtu-black-hole", "pmtu-black-hole-inbound"],
};

/**
 * @param probeFindings of one probe or several
 * @param logFindings open ones
 * @returns all that still stand by themselves, the worst first
 */
export function absorbLogFindings(probeFindings: readonly Finding[], logFindings: readonly Finding[]): Finding[] {
  const absorbed = new Map<Finding, Finding[]>();
  const standing: Finding[] = [];
  for (const sign of logFindings) {
    const cause = causeOf(sign, probeFindings);
    if (cause === null) standing.push(sign);
    else absorbed.set(cause, [...(absorbed.get(cause) ?? []), sign]);
  }
  return [...probeFindings.map((finding) => withSigns(finding, absorbed.get(finding) ?? [])), ...standing].sort(compareFindings);
}

function causeOf(sign: Finding, probeFindings: readonly Finding[]): Finding | null {
  if (sign.code === "log-our-side") return probeFindings.find((finding) => isSameSide(finding, sign)) ?? null;
  if (sign.code === "log-resources" || sign.code === "log-queue-io") return causeOnMachine(sign, probeFindings);
  const address = addressOf(sign);
  if (address === null) return null;
  const causes = CAUSES_OF[sign.code] ?? [];
  const here = probeFindings.filter((finding) => addressOf(finding) === address && causes.includes(finding.code));
  return here.toSorted((a, b) => causes.indexOf(a.code) - causes.indexOf(b.code))[0] ?? null;
}

/** What the mail server says runs out is what the machine's gauges show to run out. */
const ON_MACHINE: Readonly<Partial<Record<LogTrouble, FindingCode>>> = {
  "open-files": "host-files",
  "process-limit": "host-processes",
  processes: "host-processes",
  sockets: "host-sockets",
  memory: "host-memory",
  "no-space": "host-io",
  "low-space": "host-io",
  "write-error": "host-io",
  watchdog: "host-io",
};

/** Only where one finding of the machine explains all that the log says: the rest must stay seen. */
function causeOnMachine({ evidence }: Finding, findings: readonly Finding[]): Finding | null {
  const troubles = evidence.flatMap(({ data: { trouble } }) => (typeof trouble === "string" ? [trouble as LogTrouble] : []));
  return (
    findings.find(
      ({ code, subject: { address } }) =>
        address === null && troubles.length > 0 && troubles.every((trouble) => ON_MACHINE[trouble] === code),
    ) ?? null
  );
}

function isSameSide(cause: Finding, sign: Finding): boolean {
  const faults = sharedFaultsOf(sign);
  return cause.code === "our-side" && [...sharedFaultsOf(cause)].some((fault) => faults.has(fault));
}

function addressOf({ subject }: Finding): string | null {
  return subject.address === null ? null : (canonicalAddress(subject.address)?.text ?? null);
}

function withSigns(finding: Finding, signs: readonly Finding[]): Finding {
  if (signs.length === 0) return finding;
  const codes = new Set([...finding.absorbs, ...signs.map(({ code }) => code)]);
  const rows = signs.flatMap(({ code, evidence }) => evidence.map((row) => ({ ...row, data: { ...row.data, finding: code } })));
  return { ...finding, absorbs: FINDING_CODES.filter((code) => codes.has(code)), evidence: [...finding.evidence, ...rows] };
}

/** Whether `each` is what became of `cause` when it absorbed this sign. */
export function isNow(each: Finding, cause: Finding, sign: Finding): boolean {
  return each.code === cause.code && each.subject === cause.subject && each.absorbs.includes(sign.code);
}

/** The probe's finding as it was before it absorbed any sign. */
export function withoutSigns(finding: Finding): Finding {
  return {
    ...finding,
    absorbs: finding.absorbs.filter((code) => !code.startsWith("log-")),
    evidence: finding.evidence.filter(({ source }) => source !== "log"),
  };
}
