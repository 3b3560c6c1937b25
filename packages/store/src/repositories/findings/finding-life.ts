/**
 * How a finding lives: open, acknowledged or dismissed until every subject is proven gone, then fixed, and open again when it
 * is seen later. Pure: from a life and what happened to the next life, and the change that a reader is shown, if any.
 *
 * A subject is one address as one vantage sees it. Each has its own last observation: a probe of another address, or from
 * another vantage, says nothing about it.
 */
import type { FindingChangeKind, FindingState } from "@mxray/contracts";

interface SubjectLife {
  /** Null for what is about no address, such as a domain without a mail host. */
  readonly address: string | null;
  readonly vantage: string;
  readonly lastSeenAt: string;
  readonly fixedAt: string | null;
}

export type SubjectPlace = Pick<SubjectLife, "address" | "vantage">;

interface SeenSubject extends SubjectPlace {
  /** Of the latest evidence. */
  readonly at: string;
  /** Of the earliest evidence. */
  readonly since: string;
}

/** How bad a finding is; a higher number is worse. */
export interface Weight {
  readonly severity: number;
  readonly confidence: number;
}

export interface FindingLife {
  readonly state: FindingState;
  /** When mxray first saw it. */
  readonly firstSeenAt: string;
  /** Earliest evidence after the last fix, of the finding and of all that it explains. */
  readonly sinceAt: string;
  readonly lastSeenAt: string;
  readonly fixedAt: string | null;
  /** The probe that proved it gone. */
  readonly fixedBy: string | null;
  /** Kept when it opens again: evidence up to then belongs to the time before. */
  readonly lastFixedAt: string | null;
  readonly weight: Weight;
  readonly subjects: readonly SubjectLife[];
}

export type LifeObservation =
  /** `now`: when mxray looked; `weight`: of all that stands then. A probe shows what is there, a log also what was there before. */
  | {
      readonly kind: "seen";
      readonly source: "probe" | "log";
      readonly now: string;
      readonly weight: Weight;
      readonly subjects: readonly SeenSubject[];
    }
  /** A sign that the finding explains began then. */
  | { readonly kind: "explained"; readonly since: string }
  /** Proven by a probe (`by`), or by the silence of a log. */
  | { readonly kind: "gone"; readonly at: string; readonly by: string | null; readonly subjects: readonly SubjectPlace[] }
  /** What was measured there does not bear it out any more, since the rules have changed. */
  | { readonly kind: "withdrawn"; readonly at: string; readonly subjects: readonly SubjectPlace[] }
  | { readonly kind: "acknowledged" | "dismissed" }
  /** By a person. */
  | { readonly kind: "reopened"; readonly at: string };

export interface LivedOn {
  readonly life: FindingLife;
  readonly change: FindingChangeKind | null;
}

/** @returns null where the observation does not apply, such as acknowledging what is fixed */
export function liveOn(life: FindingLife | null, observation: LifeObservation): LivedOn | null {
  switch (observation.kind) {
    case "seen":
      return life === null ? begun(observation) : seenAgain(life, observation);
    case "explained":
      return life === null || life.state === "fixed"
        ? null
        : { life: { ...life, sinceAt: earlier(life, observation.since) }, change: null };
    case "gone":
      return life === null ? null : withoutSubjects(life, observation, "fixed");
    case "withdrawn":
      return life === null ? null : withoutSubjects(life, { ...observation, by: null }, "withdrawn");
    case "acknowledged":
      return life?.state === "open" ? { life: { ...life, state: "acknowledged" }, change: "acknowledged" } : null;
    case "dismissed":
      return life?.state === "open" || life?.state === "acknowledged"
        ? { life: { ...life, state: "dismissed" }, change: "dismissed" }
        : null;
    case "reopened":
      return life === null || life.state === "open" ? null : { life: reopened(life, observation.at), change: "reopened" };
  }
}

type Seen = Extract<LifeObservation, { kind: "seen" }>;
type Gone = Omit<Extract<LifeObservation, { kind: "gone" }>, "kind">;

function begun({ now, weight, subjects }: Seen): LivedOn {
  const life: FindingLife = {
    state: "open",
    firstSeenAt: now,
    sinceAt: least(subjects.map(({ since }) => since)) ?? now,
    lastSeenAt: most(subjects.map(({ at }) => at)) ?? now,
    fixedAt: null,
    fixedBy: null,
    lastFixedAt: null,
    weight,
    subjects: subjects.map(unfixed),
  };
  return { life, change: "opened" };
}

function seenAgain(life: FindingLife, { source, weight, subjects }: Seen): LivedOn | null {
  const isPast = (one: SeenSubject) => source === "log" && one.at <= (subjectOf(life, one)?.fixedAt ?? "");
  const current = subjects.filter((one) => !isPast(one));
  const lastSeenAt = most(current.map(({ at }) => at));
  const since = least(current.map((one) => one.since));
  if (lastSeenAt === undefined || since === undefined) return null;
  const seen: FindingLife = {
    ...life,
    lastSeenAt: most([life.lastSeenAt, lastSeenAt]) ?? lastSeenAt,
    weight,
    fixedAt: null,
    fixedBy: null,
    subjects: [...life.subjects.filter((one) => !current.some((place) => isSame(place, one))), ...current.map(unfixed)],
  };
  if (life.state === "fixed") {
    const sinceAt = since > (life.lastFixedAt ?? "") ? since : lastSeenAt;
    return { life: { ...seen, state: "open", sinceAt }, change: "reopened" };
  }
  const standing = { ...seen, sinceAt: earlier(life, since) };
  const joins = current.some((one) => (subjectOf(life, one)?.fixedAt ?? null) !== null || subjectOf(life, one) === undefined);
  const returns = life.state === "dismissed" && (joins || isWorse(weight, life.weight));
  return returns ? { life: { ...standing, state: "open" }, change: "reopened" } : { life: standing, change: null };
}

function unfixed({ address, vantage, at }: SeenSubject): SubjectLife {
  return { address, vantage, lastSeenAt: at, fixedAt: null };
}

function withoutSubjects(life: FindingLife, { at, by, subjects }: Gone, change: "fixed" | "withdrawn"): LivedOn | null {
  const ends = (one: SubjectLife) => one.fixedAt === null && subjects.some((place) => isSame(place, one));
  if (!life.subjects.some(ends)) return null;
  const left = life.subjects.map((one) => (ends(one) ? { ...one, fixedAt: at } : one));
  if (left.some(({ fixedAt }) => fixedAt === null)) return { life: { ...life, subjects: left }, change: null };
  return { life: { ...life, state: "fixed", fixedAt: at, fixedBy: by, lastFixedAt: at, subjects: left }, change };
}

/** A person decides; what was fixed is there again, with all its subjects. */
function reopened(life: FindingLife, at: string): FindingLife {
  if (life.state !== "fixed") return { ...life, state: "open" };
  const subjects = life.subjects.map((one) => ({ ...one, fixedAt: null }));
  return { ...life, state: "open", sinceAt: at, fixedAt: null, fixedBy: null, subjects };
}

function earlier({ sinceAt, lastFixedAt }: FindingLife, since: string): string {
  return since < sinceAt && since > (lastFixedAt ?? "") ? since : sinceAt;
}

function least(times: readonly string[]): string | undefined {
  return times.toSorted()[0];
}

function most(times: readonly string[]): string | undefined {
  return times.toSorted().at(-1);
}

function isWorse(now: Weight, before: Weight): boolean {
  return now.severity > before.severity || (now.severity === before.severity && now.confidence > before.confidence);
}

function subjectOf({ subjects }: FindingLife, place: SubjectPlace): SubjectLife | undefined {
  return subjects.find((one) => isSame(one, place));
}

function isSame(one: SubjectPlace, other: SubjectPlace): boolean {
  return one.address === other.address && one.vantage === other.vantage;
}
