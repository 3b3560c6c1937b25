/** What a link to a diagnosis shows: its probe's report, without what is private unless the sharer added it. */
import type { ProbeReport, SharedDiagnosis } from "@mxray/contracts";
import type { Store, StoredLink } from "@mxray/store";
import { comparisonOf, reportWithSince, vantagesOf } from "../probing/report.ts";
import { notFound } from "../refusal.ts";
import { redactReport, redactSource } from "./redact.ts";

/** @throws Refusal `not-found` */
export async function sharedDiagnosis(
  store: Store,
  link: Pick<StoredLink, "probeId" | "createdAt" | "expiresAt" | "note" | "includePrivate"> & Partial<Pick<StoredLink, "hidesSource">>,
): Promise<SharedDiagnosis> {
  const probe = link.probeId === null ? null : await store.probes.get(link.probeId);
  if (probe === null || probe.observation === null || link.expiresAt === null) throw notFound("diagnosis");
  const prepare = link.includePrivate ? (link.hidesSource ? redactSource : (report: ProbeReport) => report) : redactReport;
  return {
    schema: "mxray.diagnosis/1",
    createdAt: link.createdAt,
    expiresAt: link.expiresAt,
    note: link.note,
    redacted: !link.includePrivate,
    report: prepare(reportWithSince(probe.observation, await store.findings.ofProbe(probe.summary.id))),
    comparison: await comparisonOf(store, probe, prepare),
    vantages: await vantagesOf(store, probe, prepare),
  };
}
