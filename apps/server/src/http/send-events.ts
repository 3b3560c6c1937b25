/**
 * Server-sent events for as long as somebody reads them. A reader whose connection takes nothing for a while is cut off: what waits
 * for it would otherwise be kept for as long as it likes. It can come back and goes on from what is true then.
 */
import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";

/** Longer than a sleeping radio or a busy browser needs. */
const UNREAD_MS = 30_000;

export interface EventMessage {
  readonly event: string;
  readonly data: object;
  /** Where a reader that comes back goes on. */
  readonly id?: string;
}

const texts = new WeakMap<object, string>();

/** Ends with the events, or with the reader; that a reader has gone, also while this was prepared, is no error. */
export async function sendEvents({ sse, raw, log }: FastifyReply, events: AsyncIterable<EventMessage>): Promise<void> {
  const { remoteAddress } = raw.req.socket;
  const cutOff = () => {
    log.info({ remoteAddress }, "A reader of live events read nothing for 30 s and was cut off");
    raw.destroy();
  };
  for await (const message of events) {
    if (!sse.isConnected) return;
    sse.sendHeaders();
    raw.write(textOf(message));
    if (raw.writableNeedDrain && !(await drained(raw))) {
      cutOff();
      return;
    }
  }
  // What is left to send must be read as well.
  const late = setTimeout(cutOff, UNREAD_MS).unref();
  raw.once("close", () => clearTimeout(late));
}

/** Its data is written out once for all readers. */
function textOf({ event, data, id }: EventMessage): string {
  let json = texts.get(data);
  if (json === undefined) {
    json = JSON.stringify(data);
    texts.set(data, json);
  }
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`;
}

/** True when the connection took what waits or has ended. */
function drained(raw: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (taken: boolean) => {
      clearTimeout(late);
      raw.off("drain", taking).off("close", taking);
      resolve(taken);
    };
    const taking = () => done(true);
    const late = setTimeout(() => done(false), UNREAD_MS).unref();
    raw.once("drain", taking).once("close", taking);
  });
}
