/** The link to a diagnosis that a request asks for, before it has a token: what is made, and what its preview shows. */
import type { DiagnosisLinkRequest } from "@mxray/contracts";
import type { NewLink, Store } from "@mxray/store";
import { notFound, Refusal } from "../refusal.ts";

const DEFAULT_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

/** @throws Refusal `not-found`, `nothing-to-share` */
export async function diagnosisLink(
  store: Store,
  { probeId, expiresInDays = DEFAULT_DAYS, note = "", includePrivate = false }: DiagnosisLinkRequest,
): Promise<Omit<NewLink, "tokenHash" | "signInId">> {
  const probe = await store.probes.get(probeId);
  if (probe === null) throw notFound("probe");
  if (probe.observation === null) throw new Refusal("nothing-to-share", "This probe has no result to share yet; wait until it is done.");
  const now = Date.now();
  return {
    opens: "diagnosis",
    probeId,
    name: null,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + expiresInDays * DAY_MS).toISOString(),
    note: note.trim() === "" ? null : note.trim(),
    includePrivate,
  };
}
