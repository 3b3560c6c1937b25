/** Further connections for message data: in clear, or inside TLS where the host wants an envelope there. */
import { openSession, type SessionRequest } from "../session/open-session.ts";
import type { SmtpSession } from "../session/smtp-session.ts";
import { tryStartTls } from "../session/starttls.ts";
import type { HostRecord } from "./host-record.ts";

/** What a ladder of message data may open. */
export interface DataConnections {
  readonly reopens: () => number;
  readonly open: (elsewhere: boolean) => Promise<SmtpSession | null>;
}

/** @param kept connections that are left for what comes after */
export function dataConnections(record: HostRecord, kept = 0): DataConnections {
  return {
    reopens: () => Math.max(0, record.reopens() - kept),
    open: async (elsewhere) => await openForData(record, elsewhere ? record.otherWay() : record.sameWay),
  };
}

export const NO_CONNECTIONS: DataConnections = { reopens: () => 0, open: async () => null };

export async function openForData(
  record: HostRecord,
  request: Pick<SessionRequest, "mss" | "localPort" | "purpose"> = record.sameWay,
): Promise<SmtpSession | null> {
  const { context, opened } = record;
  if (!record.dataInTls || opened === null) return (await openSession(context, request)).session;
  const { session } = await tryStartTls(context, opened, request);
  if (session === null) return null;
  const hello = await session.command(`EHLO ${context.helo}`, context.patience.commandMs);
  if (hello.kind === "reply" && hello.reply.code === 250 && session.tlsOverhead > 0) return session;
  session.connection.reset();
  return null;
}
