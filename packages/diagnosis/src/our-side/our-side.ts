/**
 * Whether probes of different targets that fail alike show a fault on our side (`our-side`), by the rule of `shared-fault.ts`.
 * Pure: of each mail host the latest result counts, and since when it has failed without a success.
 */
import { canonicalAddress, type Evidence, type Finding, printable, type Remedy } from "@mxray/contracts";
import { findingOfTarget } from "../finding-draft.ts";
import { countText, listText } from "../number-text.ts";
import { remediesFor } from "../playbook/remedies-for.ts";
import { type DestinationAttempt, networkOf, organisationOf, sharedFault } from "../shared-fault.ts";
import { type SideKind, sideKindsAmong } from "./side-kinds.ts";
import type { SideHost, SideWitness } from "./side-witness.ts";

interface HostAttempt<Witness> extends DestinationAttempt {
  readonly host: SideHost;
  readonly witness: Witness;
}

interface SideFault<Witness = SideWitness> {
  readonly kind: SideKind;
  readonly alike: readonly HostAttempt<Witness>[];
}

/** One fault on our side, in one or several ways to fail. */
export interface OurSide<Witness = SideWitness> {
  readonly finding: Finding;
  /** The latest of each mail host that fails so, the oldest first. */
  readonly witnesses: readonly Witness[];
  /** Whether it accounts for a finding about one address, or about none. */
  readonly explains: (finding: Pick<Finding, "code" | "subject">) => boolean;
}

/** @param history of one vantage, in any order; may be of the same targets again and again */
export function ourSideOf<Witness extends SideWitness>(history: readonly Witness[]): OurSide<Witness> | null {
  const ordered = history.toSorted((a, b) => a.at - b.at);
  const found = sideKindsAmong(ordered.flatMap(({ hosts }) => hosts)).flatMap((kind) => {
    const alike = sharedFault(attemptsOf(ordered, kind));
    return alike === null ? [] : [{ kind, alike }];
  });
  const faults = found.filter(({ kind }) => !found.some((other) => other.kind === kind.partOf));
  if (faults.length === 0) return null;
  const all = faults.flatMap(({ alike }) => alike);
  return {
    finding: findingOf(faults),
    witnesses: [...new Set(all.map(({ witness }) => witness))].sort((a, b) => a.at - b.at),
    explains: (finding) => faults.some((fault) => isExplained(fault, finding)),
  };
}

/** One attempt for each mail host that was tried. */
function attemptsOf<Witness extends SideWitness>(ordered: readonly Witness[], kind: SideKind): HostAttempt<Witness>[] {
  const attempts = new Map<string, HostAttempt<Witness>>();
  for (const witness of ordered) {
    for (const host of witness.hosts) {
      const outcome = kind.outcomeAt(host);
      if (outcome === null) continue;
      const key = `${host.address} ${host.port}`;
      const before = attempts.get(key);
      const at = outcome === "failed" && before?.outcome === "failed" ? before.at : witness.at;
      const organisation = organisationOf(host.name, host.address);
      attempts.set(key, { organisation, network: networkOf(host.address), outcome, at, host, witness });
    }
  }
  return [...attempts.values()];
}

function isExplained({ kind, alike }: SideFault, { code, subject }: Pick<Finding, "code" | "subject">): boolean {
  if (!kind.explains.includes(code)) return false;
  if (subject.address === null) return true;
  const address = canonicalAddress(subject.address)?.text ?? subject.address;
  return alike.some(({ host }) => host.address === address && host.port === subject.port);
}

function findingOf(faults: readonly SideFault[]): Finding {
  const what = listText(faults.map(({ kind }) => kind.what));
  const alike = faults.flatMap((fault) => fault.alike);
  const destinations = new Set(alike.map(({ organisation }) => organisation)).size;
  const finding = findingOfTarget({
    code: "our-side",
    confidence: "likely",
    title: `The fault is on this machine's side: ${what} fail everywhere`,
    summary: `${countText(destinations, "destination")} of different organisations and networks fail alike at the same time, and none works: ${what}. No single mail host is to blame. Look at this machine, its firewall and its provider first.`,
    evidence: faults.flatMap(evidenceOf),
  });
  return { ...finding, remedies: remediesOf(faults), since: stamp(Math.min(...alike.map(({ at }) => at))) };
}

function evidenceOf({ kind, alike }: SideFault): Evidence[] {
  return alike.map(({ witness: { target, vantage, at }, host: { address, port } }) => ({
    at: stamp(at),
    source: "probe",
    text: `${printable(target, 120)} fails in the same way (${address}): ${kind.what}.`,
    data: { vantage, target, destination: address, port, fault: kind.fault },
  }));
}

/** Of each way to fail, each once. */
function remediesOf(faults: readonly SideFault[]): Remedy[] {
  const all = faults.flatMap(({ kind: { remediesOf: code, mtu }, alike: [first] }) =>
    remediesFor(code, mtu === undefined ? {} : { mtu, family: first?.host.family ?? 4 }),
  );
  return [...new Map(all.map((remedy) => [remedy.id, remedy])).values()];
}

function stamp(at: number): string {
  return new Date(at).toISOString();
}
