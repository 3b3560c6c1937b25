/** One peer: its names and addresses, its findings, and what probe after probe saw of it. */
import {
  FINDING_CODES,
  type MailHostObservation,
  type PeerProbe,
  type ProbeObservation,
  severityRank,
  type Verdict,
} from "@mxray/contracts";
import { type Kysely, sql } from "kysely";
import type { StoredFinding } from "../../interfaces/finding-store.ts";
import type { PeerStore } from "../../interfaces/peer-store.ts";
import type { Tables } from "../../schema/tables.ts";
import { jsonArrayOf, listOf } from "../../sql/dialect.ts";
import { CAUSE, SUBJECTS } from "../findings/finding-page.ts";
import { findingOf } from "../findings/findings.ts";
import { noteProbed, PEER, sightings } from "./peer-sightings.ts";

const MOST_NAMES = 50;
const MOST_FINDINGS = 200;

interface Identity {
  readonly peer: string;
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  /** Whose newest probe met it, or one that showed a finding of it. */
  readonly targets: readonly string[];
  readonly findings: readonly string[];
}

export function peerDetail(db: Kysely<Tables>): Pick<PeerStore, "get"> {
  return {
    async get(peer, mostProbes) {
      const identity = await db.connection().execute(async (connection) => {
        await noteProbed(connection);
        return await identityOf(connection, peer);
      });
      if (identity === null) return null;
      const findings = await findingsOf(db, identity);
      const seen = await hostsSeen(db, identity, mostProbes);
      const [newest] = seen;
      return {
        peer: identity.peer,
        names: identity.names.slice(0, MOST_NAMES),
        addresses: identity.addresses.slice(0, MOST_NAMES),
        findings,
        probes: await probesOf(db, seen, findings),
        transcripts: seen
          .filter(({ probeId }) => probeId === newest?.probeId)
          .map(({ probeId, host: { address, port, transcript } }) => ({ probeId, address, port, lines: transcript })),
      };
    },
  };
}

/** Whoever it is that has this name or address: also by a name that is not the one it is called by. */
async function identityOf(db: Kysely<Tables>, asked: string): Promise<Identity | null> {
  const { rows } = await sql<{ peer: string | null; names: string; addresses: string; targets: string; findings: string }>`
    with ${sightings(true)},
    known as materialized (
      select ${PEER} as peer, name, address, standing from sighted left join owner using (address)
    ),
    meant as materialized (
      select peer from known where name = ${asked} or address = ${asked}
      order by coalesce(name = ${asked}, false) desc, standing desc limit 1
    ),
    own as materialized (select name, address from known where peer = (select peer from meant)),
    own_finding as materialized (select distinct id from found left join owner using (address) where ${PEER} = (select peer from meant))
    select (select peer from meant) as peer,
      (select ${jsonArrayOf(sql`distinct name`, sql`name is not null`)} from own) as names,
      (select ${jsonArrayOf(sql`distinct address`, sql`address is not null`)} from own) as addresses,
      (select ${jsonArrayOf(sql`target`)} from (
        select target from probed left join owner using (address) where ${PEER} = (select peer from meant)
        union
        select target from own_finding join probe_finding on finding_id = own_finding.id join probe on probe.id = probe_id) as own_target) as targets,
      (select ${jsonArrayOf(sql`id`)} from own_finding) as findings`.execute(db);
  const [row] = rows;
  if (row === undefined || row.peer === null) return null;
  const { peer, names, addresses, targets, findings } = row;
  return { peer, names: JSON.parse(names), addresses: JSON.parse(addresses), targets: JSON.parse(targets), findings: JSON.parse(findings) };
}

/** Those that are not fixed first, then by harm. */
async function findingsOf(db: Kysely<Tables>, { findings }: Identity): Promise<StoredFinding[]> {
  const rows = await db
    .selectFrom("finding")
    .selectAll("finding")
    .select([SUBJECTS.as("subjects"), CAUSE.as("cause")])
    .where(sql<boolean>`id in ${listOf(findings)}`)
    .orderBy(sql`state = 'fixed'`)
    .orderBy("severity_rank", "desc")
    .orderBy("last_seen_at", "desc")
    .limit(MOST_FINDINGS)
    .execute();
  return rows.map(findingOf);
}

interface HostSeen {
  readonly probeId: string;
  readonly target: string;
  readonly at: string;
  /** The probe's, which may be about another host. */
  readonly verdict: Verdict | null;
  readonly host: MailHostObservation;
}

/** The newest first. */
async function hostsSeen(db: Kysely<Tables>, { names, addresses, targets }: Identity, most: number): Promise<HostSeen[]> {
  const rows = await db
    .selectFrom("probe")
    .leftJoin("probe as repeated", "repeated.id", "probe.same_as")
    .select(["probe.id", "probe.target", "probe.finished_at", "probe.verdict"])
    .select(({ fn }) => fn.coalesce("probe.observation", "repeated.observation").as("observation"))
    .where("probe.status", "=", "done")
    .where("probe.practice", "=", 0)
    .where(sql<boolean>`probe.target in ${listOf(targets)}`)
    .orderBy("probe.id", "desc")
    .limit(most)
    .execute();
  return rows.flatMap(({ id, target, finished_at, verdict, observation }) => {
    if (observation === null) return [];
    const { hosts } = JSON.parse(observation) as ProbeObservation;
    const own = hosts.filter(({ name, address }) => addresses.includes(address) || (name !== null && names.includes(name.toLowerCase())));
    const seen = { probeId: id, target, at: finished_at ?? "", verdict: verdict === null ? null : (JSON.parse(verdict) as Verdict) };
    return own.map((host) => ({ ...seen, host }));
  });
}

async function probesOf(db: Kysely<Tables>, seen: readonly HostSeen[], findings: readonly StoredFinding[]): Promise<PeerProbe[]> {
  const known = new Map(findings.map((finding) => [finding.id, finding]));
  const pairs = await db
    .selectFrom("probe_finding")
    .select(["probe_id", "finding_id"])
    .where(sql<boolean>`probe_id in ${listOf(seen.map(({ probeId }) => probeId))}`)
    .execute();
  const shown = Map.groupBy(pairs, ({ probe_id }) => probe_id);
  return seen.map(({ verdict, host: { address, port, stages, path }, ...probe }) => {
    const own = (shown.get(probe.probeId) ?? []).flatMap(({ finding_id }) => known.get(finding_id) ?? []);
    return {
      ...probe,
      address,
      port,
      // What is mere information is not kept: where nothing worse was found, it is about every host of the probe.
      verdict: worstOf(own) ?? (verdict?.severity === "info" ? verdict : null),
      stages: stages.map(({ stage, outcome, ms }) => ({ stage, outcome, ms })),
      outbound: { verdict: path.outbound.verdict, mtu: path.outbound.mtu },
      inbound: { verdict: path.inbound.verdict, mtu: path.inbound.mtu },
    };
  });
}

function worstOf(findings: readonly StoredFinding[]): Verdict | null {
  const [worst] = findings.toSorted(
    (a, b) =>
      severityRank(b.finding.severity) - severityRank(a.finding.severity) ||
      FINDING_CODES.indexOf(a.finding.code) - FINDING_CODES.indexOf(b.finding.code),
  );
  if (worst === undefined) return null;
  const { code, severity, confidence, title } = worst.finding;
  return { code, severity, confidence, title };
}
