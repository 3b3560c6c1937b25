/**
 * Which findings of a probe are kept. Not those of a probe that was cancelled, of practice, or of a name that does not exist and
 * that nothing but this probe ever knew: a typing error is an answer to whoever typed it, and no alarm for anybody else.
 */
import { type Finding, type ProbeObservation, parseTarget, watchTarget } from "@mxray/contracts";
import type { Store, StoredProbe } from "@mxray/store";

/** Earlier probes and peers that are looked at. */
const MOST = 50;

export async function lastingFindings(
  store: Store,
  probe: StoredProbe,
  observation: ProbeObservation,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  if (observation.vantage.practice === true) return [];
  if (observation.resolution.failure !== "no-such-name" || (await isKnown(store, probe))) return findings;
  return findings.filter(({ code }) => code !== "no-mail-host");
}

/** Somebody watches it, it existed at an earlier probe, or mail goes there. */
async function isKnown(store: Store, { summary, request }: StoredProbe): Promise<boolean> {
  if (summary.watchId !== null) return true;
  const watched = watchTarget(request);
  if (watched !== null && (await store.watches.has(watched))) return true;
  const { probes } = await store.probes.list({ limit: MOST, target: summary.target });
  const existed = probes.some(
    ({ target, status, verdict }) => target === summary.target && status === "done" && verdict?.code !== "no-mail-host",
  );
  return existed || (await isMailed(store, summary.target));
}

async function isMailed(store: Store, target: string): Promise<boolean> {
  const parsed = parseTarget(target, { mailAddress: true });
  if (!parsed.ok) return false;
  const { host } = parsed.target;
  const { peers } = await store.peers.list({ text: host, limit: MOST, now: Date.now() / 1000 });
  return peers.some(({ peer, loggedAt }) => loggedAt !== null && (peer === host || peer.endsWith(`.${host}`)));
}
