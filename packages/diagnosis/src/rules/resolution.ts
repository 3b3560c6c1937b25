/**
 * What the DNS says of the target as a whole: `null-mx`, `no-mail-host`, `mx-unresolvable`. Said once per target, never
 * per address. A target that has other mail hosts to fall back on is not unreachable.
 */
import { type Finding, type LookupFailure, type ProbeObservation, parseTarget, printable } from "@mxray/contracts";
import { EvidenceLog, type FindingDraft, findingOfTarget } from "../finding-draft.ts";
import { listText } from "../number-text.ts";

export function findResolution(observation: ProbeObservation): Finding[] {
  const { resolution, hosts } = observation;
  const target = printable(observation.target, 200);
  if (resolution.kind === "null-mx") return [nullMx(observation, target)];
  if (hosts.length > 0 || resolution.error === null) return [];
  switch (resolution.kind) {
    case "mx":
      return [noneResolves(observation, target)];
    case "none":
    case "implicit-mx":
    case "address":
      return resolution.failure === null ? [] : nothingFound(observation, target, resolution.failure);
  }
}

/** MX records that lead nowhere while others work: worth a word, not a finding. */
export function deadExchanges({ resolution }: ProbeObservation): string | null {
  if (resolution.unresolved.length === 0) return null;
  const names = resolution.unresolved.map(({ exchange, failure }) => `${printable(exchange, 120)} (${failureText(failure)})`);
  return `Of the MX records ${listText(names)} ${names.length === 1 ? "gives" : "give"} no address; senders try the others.`;
}

function nullMx(observation: ProbeObservation, target: string): Finding {
  return findingOfDomain(observation, {
    code: "null-mx",
    confidence: "proven",
    title: `${target} takes no mail, and says so`,
    summary: 'Its only MX record is "." (RFC 7505): mail to it is to be returned at once. Nothing is broken.',
    evidence: new EvidenceLog(observation).add('The DNS has one MX record for it, with the exchange ".".', {
      records: observation.resolution.records,
    }).rows,
  });
}

function noneResolves(observation: ProbeObservation, target: string): Finding {
  const { resolution } = observation;
  const evidence = new EvidenceLog(observation);
  for (const { exchange, failure } of resolution.unresolved) {
    evidence.add(`${printable(exchange, 120)}: ${failureText(failure)}.`, { exchange, failure });
  }
  const passing = resolution.unresolved.some(({ failure }) => isPassing(failure));
  return findingOfDomain(observation, {
    code: "mx-unresolvable",
    confidence: passing ? "likely" : "proven",
    title: `No mail host of ${target} has an address`,
    summary: `The domain names ${listText(resolution.records.map(({ exchange }) => printable(exchange, 120)))} as its mail ${resolution.records.length === 1 ? "host" : "hosts"}, and the DNS gives no address for ${resolution.records.length === 1 ? "it" : "any of them"}. Senders keep the mail and try again until it expires.`,
    evidence: evidence.rows,
  });
}

function nothingFound(observation: ProbeObservation, target: string, failure: LookupFailure): Finding[] {
  const { error } = observation.resolution;
  const evidence = new EvidenceLog(observation).addIf(error, { failure });
  if (isPassing(failure)) {
    return [
      findingOfDomain(observation, {
        code: "mx-unresolvable",
        confidence: "likely",
        title: `The mail hosts of ${target} cannot be looked up`,
        summary: `The DNS does not answer for it: ${failureText(failure)}. Senders keep the mail and try again. Ask a second resolver: it shows whether the fault is at the domain's name servers or at the resolver used here.`,
        evidence: evidence.rows,
      }),
    ];
  }
  // An address of the family that was not asked for is no fault of the target's.
  if (observation.resolution.kind === "address") return [];
  return [
    findingOfDomain(observation, {
      code: "no-mail-host",
      confidence: "proven",
      title: failure === "no-such-name" ? `The name ${target} does not exist` : `${target} has no mail host`,
      summary:
        failure === "no-such-name"
          ? "The DNS knows no such name, so mail to it is returned. Check the spelling, or whether the domain has expired."
          : "The DNS gives neither an MX record nor an address for it, so mail to it is returned.",
      evidence: evidence.rows,
    }),
  ];
}

/** Two domains have two findings, though no mail host tells them apart. */
function findingOfDomain({ target }: ProbeObservation, draft: FindingDraft): Finding {
  const parsed = parseTarget(target);
  return findingOfTarget(draft, parsed.ok ? { host: parsed.target.host } : {});
}

/** May be different in an hour. */
function isPassing(failure: LookupFailure): boolean {
  return failure === "timeout" || failure === "server-failure" || failure === "refused";
}

function failureText(failure: LookupFailure): string {
  switch (failure) {
    case "no-such-name":
      return "there is no such name";
    case "no-data":
      return "the name has no address";
    case "timeout":
      return "no name server answered in time";
    case "server-failure":
      return "the name servers answer with a failure";
    case "refused":
      return "the name server refuses to answer";
    case "bad-name":
      return "it is no host name (an MX record must not hold an address)";
  }
}
