/**
 * Makes findings: severity from the contract, subject from the mail host, remedies from the playbook. Rules say what was
 * concluded and from what; everything that is the same for all findings is here.
 */
import {
  type Confidence,
  type Evidence,
  FINDING_SEVERITY,
  type Finding,
  type FindingCode,
  type MailHostObservation,
  type ProbeObservation,
  type Remedy,
  type Subject,
} from "@mxray/contracts";
import { remediesFor } from "./playbook/remedies-for.ts";
import { type RemedyFacts, remedyFactsOfHost } from "./playbook/remedy-facts.ts";

export interface FindingDraft {
  readonly code: FindingCode;
  readonly confidence: Confidence;
  readonly title: string;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** What is known beyond the mail host, such as the measured MTU. */
  readonly facts?: Partial<RemedyFacts>;
  /** The trouble whose remedies help here, where it is not the code's own. */
  readonly remediesOf?: FindingCode;
  /** The block list that a rejection names. */
  readonly list?: string;
}

const NOBODY: Subject = { host: null, address: null, port: null };

/** A finding about one mail host. */
export function findingOfHost(host: MailHostObservation, draft: FindingDraft): Finding {
  const subject = { host: host.name, address: host.address, port: host.port };
  return makeFinding(draft, subject, { ...remedyFactsOfHost(host), ...draft.facts });
}

/** A finding about the target as a whole, or about us. */
export function findingOfTarget(draft: FindingDraft, subject: Partial<Subject> = {}): Finding {
  return makeFinding(draft, { ...NOBODY, ...subject }, draft.facts ?? {});
}

function makeFinding(draft: FindingDraft, subject: Subject, facts: Partial<RemedyFacts>): Finding {
  const { code, confidence, title, summary, evidence, remediesOf = code, list } = draft;
  const since = evidence.map(({ at }) => at).toSorted()[0] ?? new Date(0).toISOString();
  return {
    code,
    severity: FINDING_SEVERITY[code],
    confidence,
    subject,
    subjects: [subject],
    since,
    firstSeen: since,
    title,
    summary,
    absorbs: [],
    evidence: [...evidence],
    remedies: remediesOf === code ? remediesFor(code, facts) : [...ownCommands(draft), ...remediesFor(remediesOf, facts)],
    ...(list === undefined ? {} : { list }),
  };
}

/** Whatever the trouble is, the mail program that wrote the log has its own commands for the messages concerned. */
function ownCommands({ code, facts = {} }: FindingDraft): Remedy[] {
  return facts.mta === undefined ? [] : remediesFor(code, facts).filter(({ platform }) => platform === facts.mta);
}

/** Rows of evidence of one probe, each with the moment it was measured. */
export class EvidenceLog {
  readonly #began: number;
  readonly #vantage: string;
  readonly #rows: Evidence[] = [];

  constructor({ startedAt, vantage }: Pick<ProbeObservation, "startedAt" | "vantage">) {
    this.#began = Date.parse(startedAt);
    this.#vantage = vantage.name;
  }

  /** @param atMs milliseconds since the probe began */
  add(text: string, data: Record<string, unknown> = {}, atMs = 0): this {
    const at = Number.isNaN(this.#began) ? new Date(0) : new Date(this.#began + atMs);
    this.#rows.push({ at: at.toISOString(), source: "probe", text, data: { vantage: this.#vantage, ...data } });
    return this;
  }

  /** Adds a row only when there is something to say. */
  addIf(text: string | null, data: Record<string, unknown> = {}, atMs = 0): this {
    return text === null ? this : this.add(text, data, atMs);
  }

  get rows(): readonly Evidence[] {
    return this.#rows;
  }
}
