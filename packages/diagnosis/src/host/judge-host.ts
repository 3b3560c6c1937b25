/**
 * Looks at a machine, over time, become findings: `host-files`, `host-processes`, `host-sockets`, `host-io`, `host-memory` and
 * `queue-growing`. One sample opens nothing and ends nothing: nearly all of a rule's time must be on one side. Between the two
 * levels, and where too little was measured, a finding stays what it is.
 */
import type { Evidence, Finding, HostSample } from "@mxray/contracts";
import { type FindingDraft, findingOfTarget } from "../finding-draft.ts";
import type { HostLimits } from "../playbook/remedy-facts.ts";
import { HOST_CODES, type HostCode, LEVEL_RULES, type LevelRule } from "./host-rules.ts";
import { queueGrowth } from "./queue-growth.ts";

export interface HostJudgement {
  readonly findings: readonly Finding[];
  /** Codes whose resources are all well, and measured. */
  readonly ended: readonly HostCode[];
}

type Verdict = { readonly kind: "hit"; readonly evidence: Evidence } | { readonly kind: "well" | "between" | "unknown" };

/** Of the samples of a rule's time. */
const NEARLY_ALL = 0.8;
/** With fewer nothing is said. */
const LEAST_SAMPLES = 6;
/** So much of a rule's time must be covered. */
const COVERED = 0.9;

/**
 * @param samples of one machine, the oldest first; five minutes are enough
 * @param open what is open now: it is evidence again while it is between the levels
 * @param agent whose machine it is; null for the server's own
 */
export function judgeHost(
  samples: readonly HostSample[],
  open: ReadonlySet<HostCode> = new Set(),
  agent: string | null = null,
): HostJudgement {
  const findings: Finding[] = [];
  const ended: HostCode[] = [];
  for (const code of HOST_CODES) {
    const verdicts =
      code === "queue-growing"
        ? [queueGrowth(samples)]
        : LEVEL_RULES.filter((rule) => rule.code === code).map((rule) => level(rule, samples));
    const evidence = verdicts.flatMap((verdict) => (verdict.kind === "hit" ? [verdict.evidence] : []));
    if (evidence.length > 0) findings.push(findingOf(code, evidence, samples.at(-1), agent));
    else if (open.has(code) && verdicts.some(({ kind }) => kind === "well") && verdicts.every(({ kind }) => kind !== "between"))
      ended.push(code);
  }
  return { findings, ended };
}

function level(rule: LevelRule, samples: readonly HostSample[]): Verdict {
  const last = samples.at(-1);
  if (last === undefined) return { kind: "unknown" };
  const from = Date.parse(last.at) - rule.forSeconds * 1000;
  const recent = samples.filter(({ at }) => Date.parse(at) >= from);
  const readings = recent.flatMap((sample) => readingOf(rule, sample));
  const first = readings[0];
  if (first === undefined || readings.length < LEAST_SAMPLES || Date.parse(last.at) - first.at < COVERED * rule.forSeconds * 1000)
    return { kind: "unknown" };
  const high = readings.filter(({ judged }) => judged >= rule.raise);
  if (high.length >= NEARLY_ALL * readings.length) return { kind: "hit", evidence: evidenceOf(rule, readings, high.length) };
  const low = readings.filter(({ judged }) => judged < rule.clear).length;
  return { kind: low >= NEARLY_ALL * readings.length ? "well" : "between" };
}

interface Reading {
  readonly at: number;
  readonly value: number;
  readonly limit: number | null;
  /** What the levels are compared with. */
  readonly judged: number;
}

function readingOf({ gauge, unit }: LevelRule, { at, gauges }: HostSample): Reading[] {
  const { value, limit } = gauges[gauge] ?? { value: null, limit: null };
  if (value === null || (unit === "of-limit" && (limit === null || limit <= 0))) return [];
  return [{ at: Date.parse(at), value, limit, judged: unit === "of-limit" ? (100 * value) / (limit ?? 1) : value }];
}

function evidenceOf({ gauge, name, unit, raise, forSeconds }: LevelRule, readings: readonly Reading[], high: number): Evidence {
  const last = readings.at(-1) as Reading;
  const share = `${round(last.judged)} %`;
  const now =
    unit === "per-second"
      ? `${round(last.value)} per second`
      : unit === "percent" || last.limit === 100
        ? share
        : `${grouped(last.value)} of ${grouped(last.limit ?? 0)} (${share})`;
  const least = unit === "per-second" ? `${raise} per second` : `${raise} %`;
  return {
    at: new Date(last.at).toISOString(),
    source: "host",
    text: `${name}: ${now}. At ${least} or more in ${high} of ${readings.length} samples over ${forSeconds / 60} minutes.`,
    data: { gauge, value: last.value, limit: last.limit, high, samples: readings.length, seconds: forSeconds },
  };
}

/** How a machine is called in a title. */
interface Called {
  readonly subject: string;
  readonly place: string;
  readonly owner: string;
}

interface Words {
  readonly title: (machine: Called) => string;
  readonly summary: string;
}

const called = (agent: string | null): Called =>
  agent === null
    ? { subject: "This machine", place: "on this machine", owner: "" }
    : { subject: agent, place: `on ${agent}`, owner: ` of ${agent}` };

const WORDS: Readonly<Record<HostCode, Words>> = {
  "host-files": {
    title: ({ subject }) => `${subject} runs out of open files`,
    summary: "At the limit, the mail server can neither accept connections nor open queue files.",
  },
  "host-processes": {
    title: ({ subject }) => `${subject} runs out of processes`,
    summary: "At the limit, the mail server cannot start the processes that receive and deliver messages.",
  },
  "host-sockets": {
    title: ({ subject }) => `${subject} runs out of sockets`,
    summary: "New connections are lost or cannot be opened, in a way that looks like a network fault to the other end.",
  },
  "host-io": {
    title: ({ place }) => `Tasks ${place} wait for disks`,
    summary:
      "A mail server syncs each message to disk before it accepts it. While that disk is slow, connections wait although the CPU is idle.",
  },
  "host-memory": {
    title: ({ subject }) => `${subject} lacks memory`,
    summary: "Tasks wait for memory to be freed or read back from swap; the mail server answers late.",
  },
  "queue-growing": {
    title: ({ owner }) => `The mail queue${owner} grows`,
    summary: "More messages enter the queue than leave it. The other open findings may show why.",
  },
};

const FULL_DISK: Words = {
  title: ({ owner }) => `The disk of the mail queue${owner} is nearly full`,
  summary: "The mail server refuses messages with a temporary error once too little space or no inode is left.",
};

function wordsOf(code: HostCode, gauges: readonly unknown[]): Words {
  return gauges.every((gauge) => gauge === "queueSpace" || gauge === "queueInodes") ? FULL_DISK : WORDS[code];
}

function findingOf(code: HostCode, evidence: readonly Evidence[], last: HostSample | undefined, agent: string | null): Finding {
  const inferred = evidence.every(({ data }) => String(data.gauge).startsWith("psi"));
  const { title, summary } = wordsOf(
    code,
    evidence.map(({ data }) => data.gauge),
  );
  const draft: FindingDraft = {
    code,
    // A count against its limit is a fact; that waiting tasks hold back the mail server is an inference.
    confidence: inferred || code === "queue-growing" ? "likely" : "proven",
    title: title(called(agent)),
    summary,
    evidence,
    facts: { hostLimits: limitsOf(last) },
  };
  return findingOfTarget(draft, { host: agent });
}

function limitsOf(sample: HostSample | undefined): HostLimits {
  const limit = (gauge: string) => sample?.gauges[gauge]?.limit ?? null;
  return {
    files: limit("openFiles"),
    processFiles: limit("mailOpenFiles"),
    tasks: limit("processes"),
    conntrack: limit("conntrack"),
  };
}

function round(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString("en");
}
