/**
 * One event stream for all tabs of this browser: over HTTP/1.1 it opens six connections to a server and no more, so that the
 * seventh tab with a stream of its own would never get an answer.
 */
import { LiveLink, type LiveMessage, type LiveStatus } from "./live-link.ts";

export type FromLiveWorker = { readonly status: LiveStatus } | { readonly message: LiveMessage };
/** Of a tab: it goes, or it wants the connection now. */
export type ToLiveWorker = "leave" | "retry";

const ports = new Set<MessagePort>();
const tell = (news: FromLiveWorker) => {
  for (const port of ports) port.postMessage(news);
};
const link = new LiveLink({ onStatus: (status) => tell({ status }), onMessage: (message) => tell({ message }) });

addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port === undefined) return;
  ports.add(port);
  port.onmessage = ({ data }: MessageEvent<ToLiveWorker>) => {
    if (data === "leave") ports.delete(port);
    else link.retry();
  };
  // Whoever opens a page has a session, and reaches the server.
  link.retry();
  port.postMessage({ status: link.status } satisfies FromLiveWorker);
});
