/** Where mail programs commonly log, as far as there is such a log on this machine. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { LogCandidate } from "@mxray/contracts";
import { logFileTrouble } from "@mxray/maillog";

/** Postfix and Sendmail by syslog, Postfix's own postlogd, Exim on Debian and elsewhere. */
const USUAL_NAMES = ["mail.log", "maillog", "postfix.log", "exim4/mainlog", "exim/mainlog", "exim/main.log"] as const;
/** Where systemd keeps the journal, for good or until the next start. */
const JOURNALS = ["/var/log/journal", "/run/log/journal"] as const;

/** @param folders whose logs may be followed @param followed locations */
export async function logCandidates(folders: readonly string[], followed: readonly string[]): Promise<LogCandidate[]> {
  const paths = folders.flatMap((folder) => USUAL_NAMES.map((name) => join(folder, name))).filter((path) => !followed.includes(path));
  const found = await Promise.all(paths.map(async (path) => ((await isThere(path)) ? [path] : [])));
  const logs = found.flat().map((location) => ({ location, trouble: sentenceOf(location, logFileTrouble(location)) }));
  const hasJournal = (await Promise.all(JOURNALS.map(isThere))).includes(true);
  return hasJournal && !followed.includes("journal") ? [...logs, { location: "journal", trouble: null }] : logs;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function sentenceOf(path: string, trouble: string | null): string | null {
  return trouble === null ? null : `${path} cannot be followed: ${trouble}.`;
}
