import type { SSESource } from "@fastify/sse";
import type { FastifyReply } from "fastify";

/** Sends server-sent events for as long as somebody listens: that they have gone, also while this was prepared, is no error. */
export async function sendEvents({ sse }: FastifyReply, source: SSESource): Promise<void> {
  if (!sse.isConnected) return;
  try {
    await sse.send(source);
  } catch (error) {
    if (sse.isConnected) throw error;
  }
}
