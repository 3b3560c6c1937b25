/** What the token of a shared diagnosis opens. */
import type { ProbeReport, SharedDiagnosis } from "@mxray/contracts";
import type { Store } from "@mxray/store";
import { comparisonOf, reportOf } from "../probing/report.ts";
import { Refusal } from "../refusal.ts";
import { redactReport } from "../sharing/redact.ts";
import { hashSecret } from "./secret.ts";

/**
 * @param count whether somebody opens it; a picture for a chat is nobody
 * @throws Refusal when there is no such share, or no longer
 */
export async function openShare(store: Store, token: string, { count = true } = {}): Promise<SharedDiagnosis> {
  const share = await store.shares.byTokenHash(hashSecret(token));
  const now = new Date().toISOString();
  const probe = share === null ? null : await store.probes.get(share.probeId);
  if (share === null || probe === null || probe.observation === null) {
    throw new Refusal("not-found", "There is no such diagnosis. Look whether the whole link was copied, or ask its sender for another.");
  }
  if (share.revokedAt !== null) throw new Refusal("share-revoked", "Whoever made this link has revoked it; ask for another.");
  if (share.expiresAt <= now) {
    throw new Refusal("share-expired", `This link expired on ${share.expiresAt.slice(0, 10)}; ask whoever sent it for another.`);
  }
  if (count) await store.shares.countOpening(share.id, now);
  const prepare = share.includePrivate ? (report: ProbeReport) => report : redactReport;
  return {
    schema: "mxray.diagnosis/1",
    createdAt: share.createdAt,
    expiresAt: share.expiresAt,
    note: share.note,
    redacted: !share.includePrivate,
    report: prepare(reportOf(probe.observation)),
    comparison: await comparisonOf(store, probe, prepare),
  };
}
