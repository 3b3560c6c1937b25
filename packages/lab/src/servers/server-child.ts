/** Runs inside a namespace: starts and stops mail hosts and name servers as its parent asks, and ends when its parent does. */

import { type MailHost, startMailHost } from "../mail-host/mail-host.ts";
import { type DnsServer, startDnsServer } from "./dns-server.ts";
import type { ServerAnswer, ServerCall, ServerRequest } from "./protocol.ts";

type Held = { readonly kind: "mail-host"; readonly server: MailHost } | { readonly kind: "dns-server"; readonly server: DnsServer };

const held = new Map<number, Held>();

process.on("message", (message) => {
  const { id, request } = message as ServerCall;
  answerTo(request).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, answer: { kind: "failed", message: String(error) } }),
  );
});
process.on("disconnect", () => process.exit());

async function answerTo(request: ServerRequest): Promise<ServerAnswer> {
  switch (request.do) {
    case "mail-host": {
      const server = await startMailHost(request.script, request.options);
      return keep({ kind: "mail-host", server }, `${request.options.host}`);
    }
    case "dns-server": {
      const server = await startDnsServer(request.zone, request.options);
      return keep({ kind: "dns-server", server }, server.address);
    }
    case "connections": {
      const found = held.get(request.server);
      return { kind: "connections", connections: found?.kind === "mail-host" ? found.server.connections : [] };
    }
    case "questions": {
      const found = held.get(request.server);
      return { kind: "questions", questions: found?.kind === "dns-server" ? found.server.questions : [] };
    }
    case "stop":
      await held.get(request.server)?.server.stop();
      return { kind: "stopped" };
  }
}

function keep(entry: Held, address: string): ServerAnswer {
  const number = held.size + 1;
  held.set(number, entry);
  return { kind: "started", server: number, port: entry.server.port, address };
}
