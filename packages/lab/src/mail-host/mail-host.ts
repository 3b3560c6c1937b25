/**
 * A mail host that behaves as its script says, on a real TCP listener: the fake peer of the lab. It keeps what it received, and
 * ends every connection when it stops.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { certificateBundle } from "./certificate.ts";
import { Channel, ChannelEnded } from "./channel.ts";
import { type MailHostConnection, mailHostConnection } from "./record.ts";
import type { MailHostScript } from "./script.ts";
import { playSession } from "./session.ts";

export interface MailHostOptions {
  /** Default 127.0.0.1; `::` takes both families. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
}

export interface MailHost extends AsyncDisposable {
  readonly script: MailHostScript;
  readonly port: number;
  /** One per connection so far, in order. */
  readonly connections: readonly MailHostConnection[];
  /** Messages accepted on all connections. */
  readonly delivered: number;
  stop(): Promise<void>;
}

export async function startMailHost(script: MailHostScript, options: MailHostOptions = {}): Promise<MailHost> {
  const connections: MailHostConnection[] = [];
  const channels = new Map<Socket, Channel>();
  let context: SecureContext | null = null;
  const secureContext = () => {
    context ??= createSecureContext(certificateBundle(script.tls));
    return context;
  };
  // Node must not read ahead: a host that stops reading at a byte would take in another 200 kB.
  const server = createServer({ allowHalfOpen: true, highWaterMark: 1 }, (socket) => {
    const record = mailHostConnection(connections.length + 1, socket.remoteAddress ?? "");
    connections.push(record);
    const channel = new Channel(socket, record);
    channels.set(socket, channel);
    socket.once("close", () => channels.delete(socket));
    playSession({ script, channel, record, secureContext }).catch((error: unknown) => {
      // A client that left is the ordinary end; anything else is a bug of the lab and must be seen.
      if (!(error instanceof ChannelEnded)) throw error;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const channel of channels.values()) channel.destroy();
    await closed;
  };
  return {
    script,
    port: (server.address() as AddressInfo).port,
    connections,
    get delivered() {
      return connections.reduce((sum, connection) => sum + connection.delivered.length, 0);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
