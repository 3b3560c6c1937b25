/** Takes leave of a mail host: QUIT, and a reset where it is not answered as it should be. */

import { negative } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { stageResult } from "../session/stage-result.ts";
import type { HostRecord } from "./host-record.ts";

/** Nothing depends on the reply any more. */
const QUIT_TIMEOUT_MS = 5000;

/** @param recorded whether this is the one whose end is told as stage `quit` */
export async function quitSession(record: HostRecord, session: SmtpSession | null, recorded = true): Promise<void> {
  if (session === null) return;
  const { clock } = record.context.ports;
  const start = clock.now();
  const answer = await session.command("QUIT", QUIT_TIMEOUT_MS);
  const polite = answer.kind === "reply" && answer.reply.code < 400;
  if (polite) session.connection.close();
  else session.connection.reset();
  if (!recorded || !record.wants("quit")) return;
  const ms = clock.now() - start;
  record.record(polite ? stageResult("quit", "ok", ms) : negative("quit", answer, "QUIT", QUIT_TIMEOUT_MS, ms));
}
