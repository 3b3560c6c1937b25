/**
 * Whether something drops long commands: an inspection of SMTP looks like a path MTU black hole to the NOOP ladder. Here the
 * same command is sent in small segments: when it is lost even so, its length is the reason, and not the size of packets.
 */
import type { HostContext } from "../session/host-context.ts";
import { segmentHeaders } from "../session/packet-size.ts";
import type { SmtpSession } from "../session/smtp-session.ts";

/** No link is too small for this, bytes of payload. */
const SMALL_SEGMENT = 400;
const REPLY_MS = 3000;

/**
 * One NOOP line as long as a packet of `size` bytes carries, in small segments.
 *
 * @returns null when it could not be tried
 */
export async function sendLongCommandInPieces(
  context: HostContext,
  session: SmtpSession,
  size: number,
): Promise<"arrived" | "lost" | null> {
  const { connection } = session;
  const before = connection.facts();
  if (before === null) return null;
  const line = Buffer.from(`NOOP ${"x".repeat(Math.max(0, size - segmentHeaders(context.host.family, before) - "NOOP ".length))}\r\n`);
  session.noteSent(`NOOP ${"x".repeat(16)}… (${line.length} bytes in segments of ${SMALL_SEGMENT})`);
  for (let at = 0; at < line.length; at += SMALL_SEGMENT) await connection.write(line.subarray(at, at + SMALL_SEGMENT));
  const reply = await session.readReply(REPLY_MS + 4 * before.rtoMs);
  if (reply.kind === "reply") return "arrived";
  const after = connection.facts();
  return after !== null && after.bytesAcked < before.bytesAcked + line.length ? "lost" : null;
}
