/** What a link to a stress run shows: the run, and the one before it of the same target for comparison. */
import type { SharedStress, StressLinkRequest, StressRun } from "@mxray/contracts";
import type { NewLink, Store, StoredLink } from "@mxray/store";
import { notFound, Refusal } from "../refusal.ts";

const DEFAULT_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;
const MAIL_ADDRESS = /[^\s<>"':;,()[\]]{1,64}@[A-Za-z0-9.-]{1,253}/g;

/** @throws Refusal `not-found`, `nothing-to-share` */
export async function stressLink(
  store: Store,
  { runId, expiresInDays = DEFAULT_DAYS, note = "", includePrivate = false }: StressLinkRequest,
): Promise<Omit<NewLink, "tokenHash" | "signInId">> {
  const stored = await store.stress.get(runId);
  if (stored === null) throw notFound("stress run");
  if (stored.run === null) throw new Refusal("nothing-to-share", "This stress run has no result to share.");
  const now = Date.now();
  return {
    ...{ opens: "stress", probeId: null, stressId: runId, name: stored.target, includePrivate },
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + expiresInDays * DAY_MS).toISOString(),
    note: note.trim() === "" ? null : note.trim(),
  };
}

/** @throws Refusal `not-found` */
export async function sharedStress(
  store: Store,
  link: Pick<StoredLink, "stressId" | "createdAt" | "expiresAt" | "note" | "includePrivate">,
): Promise<SharedStress> {
  const stored = link.stressId === null ? null : await store.stress.get(link.stressId);
  if (stored === null || stored.run === null || link.expiresAt === null) throw notFound("stress run");
  const before = (await store.stress.before(stored.id))?.run ?? null;
  const prepare = link.includePrivate ? (run: StressRun) => run : redactRun;
  return {
    schema: "mxray.stress-share/1",
    ...{ createdAt: link.createdAt, expiresAt: link.expiresAt, note: link.note, redacted: !link.includePrivate },
    run: prepare(stored.run),
    before: before === null ? null : prepare(before),
  };
}

/** Mail addresses, who ran it, the generator's name and the target's address; the target's name is what the run is about. */
function redactRun(run: StressRun): StressRun {
  const clean = (text: string) => text.replace(MAIL_ADDRESS, "…@…").replaceAll(run.options.helo, "sender");
  return {
    ...run,
    address: "",
    run: { ...run.run, by: "" },
    options: { ...run.options, from: "", recipients: ["…@…"], helo: "sender" },
    answers: run.answers.map(({ text, count }) => ({ text: clean(text), count })),
    stopped: run.stopped === null ? null : { ...run.stopped, text: clean(run.stopped.text) },
    limit: { ...run.limit, evidence: run.limit.evidence.map(clean) },
  };
}
