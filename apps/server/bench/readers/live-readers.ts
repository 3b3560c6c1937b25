/** Readers of live events, in a process of their own: some read all, some nothing after the first event. Each comes back when it is cut off. */
import { connect } from "node:net";

export interface ReadersOrder {
  readonly port: number;
  readonly cookie: string;
  readonly reading: number;
  readonly deaf: number;
}

export interface ReadersHeard {
  /** Milliseconds from the event to the reader. */
  readonly lag: { readonly median: number; readonly p99: number; readonly longest: number };
  readonly readerGaps: number;
  readonly readerCutOffs: number;
  readonly deafCutOffs: number;
}

const RETRY_MS = 500;
/** Sent as `"bytes":TIME,"lines":NUMBER`. */
const EVENT = /"bytes":(\d+),"lines":(\d+)/g;

/** By milliseconds. */
const lags = new Map<number, number>();
const heard = { readerGaps: 0, readerCutOffs: 0, deafCutOffs: 0 };
let greeted = 0;

process.once("message", (order: ReadersOrder) => {
  const all = order.reading + order.deaf;
  const onHello = () => {
    greeted += 1;
    if (greeted === all) process.send?.("ready");
  };
  for (let count = 0; count < order.reading; count += 1) read(order, onHello);
  for (let count = 0; count < order.deaf; count += 1) refuseToRead(order, onHello);
  process.on("message", () => process.send?.({ ...heard, lag: lagFigures() } satisfies ReadersHeard));
});
process.once("disconnect", () => process.exit(0));

function read(order: ReadersOrder, onHello: () => void): void {
  let last = -1;
  let rest = "";
  const socket = opened(order);
  socket.once("data", onHello);
  socket.on("data", (data) => {
    const text = rest + data.toString("latin1");
    const now = Date.now();
    let end = 0;
    for (const match of text.matchAll(EVENT)) {
      const lag = Math.max(0, now - Number(match[1]));
      lags.set(lag, (lags.get(lag) ?? 0) + 1);
      const number = Number(match[2]);
      if (last !== -1) heard.readerGaps += number - last - 1;
      last = number;
      end = match.index + match[0].length;
    }
    rest = text.slice(end);
  });
  socket.once("close", () => {
    heard.readerCutOffs += 1;
    setTimeout(() => read(order, () => undefined), RETRY_MS);
  });
}

function refuseToRead(order: ReadersOrder, onHello: () => void): void {
  const socket = opened(order);
  socket.once("data", () => {
    socket.pause();
    onHello();
  });
  const looking = setInterval(() => {
    // A paused socket does not notice its end until something is written to it.
    socket.write("\r\n");
  }, 5000);
  socket.once("close", () => {
    clearInterval(looking);
    heard.deafCutOffs += 1;
    setTimeout(() => refuseToRead(order, () => undefined), RETRY_MS);
  });
}

function opened({ port, cookie }: ReadersOrder) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: ${cookie}\r\n\r\n`);
  return socket;
}

function lagFigures(): ReadersHeard["lag"] {
  const rising = [...lags].sort(([a], [b]) => a - b);
  const all = rising.reduce((sum, [, count]) => sum + count, 0);
  const at = (part: number) => {
    let passed = 0;
    for (const [lag, count] of rising) {
      passed += count;
      if (passed >= part * all) return lag;
    }
    return 0;
  };
  return { median: at(0.5), p99: at(0.99), longest: at(1) };
}
