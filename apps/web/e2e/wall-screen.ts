/**
 * The built wall page behind a feed that a test drives: real HTTP, real server-sent events, and as many tiles or days as one
 * likes. The real server's feed is tested in apps/server/test/wall.test.ts and at the end of wall.spec.ts.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FindingCode, WallSnapshot, WallTrouble } from "@mxray/contracts";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const TYPES: Record<string, string> = { js: "text/javascript", css: "text/css" };

export interface WallScreen extends AsyncDisposable {
  readonly url: string;
  /** To every page that listens; resolves when the socket has taken it. */
  send(snapshot: WallSnapshot): Promise<void>;
  beat(): Promise<void>;
  /** Ends every connection; resolves when a page is back. */
  cut(): Promise<void>;
  /** Says nothing more and answers nothing, as a machine does that hangs: no connection is closed. */
  hush(): void;
  speak(): void;
}

export async function startWallScreen(first: WallSnapshot): Promise<WallScreen> {
  let snapshot = first;
  let silent = false;
  const pages = new Set<ServerResponse>();
  const server = createServer(async (request, response) => {
    if (silent) return;
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname.startsWith("/api/v1/wall/events")) {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write(message("snapshot", snapshot));
      pages.add(response);
      server.emit("following");
      response.on("close", () => pages.delete(response));
    } else if (pathname === "/api/v1/wall") {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(snapshot));
    } else if (pathname.startsWith("/wall")) {
      response.writeHead(200, { "content-type": "text/html" }).end(await readFile(join(DIST, "wall.html")));
    } else if (/^\/assets\/[\w.-]+$/.test(pathname)) {
      response.writeHead(200, { "content-type": TYPES[pathname.split(".").at(-1) ?? ""] ?? "text/plain" });
      response.end(await readFile(join(DIST, pathname)));
    } else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const write = async (text: string) => {
    for (const page of silent ? [] : pages) {
      if (!page.write(text)) await drained(page);
    }
  };
  const beat = () => write(message("beat", { at: new Date().toISOString() }));
  const beats = setInterval(beat, 5000);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/wall`,
    async send(next) {
      snapshot = next;
      await write(message("snapshot", next));
    },
    beat,
    async cut() {
      for (const page of pages) page.destroy();
      await once(server, "following");
    },
    hush: () => (silent = true),
    speak: () => (silent = false),
    async [Symbol.asyncDispose]() {
      clearInterval(beats);
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Resolves when a page takes more, or takes nothing ever. */
async function drained(page: ServerResponse): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race([once(page, "drain", { signal }), once(page, "close", { signal })]).finally(() => done.abort());
}

function message(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

const HOSTS = [
  "mx1.example.com",
  "mail.protection.example-holdings.net",
  "mx.northwind.example",
  "aspmx.l.contoso.example",
  "inbound-smtp.eu-west-1.fabrikam.example",
  "192.0.2.17",
  "relay.a-rather-long-municipal-administration-name.example.org",
  "[2001:db8:40::25]:2525",
];
const CODES: readonly FindingCode[] = ["pmtu-black-hole", "connect-timeout", "smtp-fixup", "starttls-failed", "log-size-correlated"];
const WARNINGS: ReadonlySet<FindingCode> = new Set(["smtp-fixup", "starttls-failed"]);
const CONFIDENCES = ["proven", "likely", "suspected"] as const;

/** A wall with so many tiles and quiet destinations; `turn` changes what is told of them. */
export function wallOf({ troubles, calm, turn = 0 }: { troubles: number; calm: number; turn?: number }): WallSnapshot {
  const now = Date.now();
  const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  const tiles = Array.from({ length: troubles }, (_, index) => troubleOf(index + turn, ago));
  const rank = ({ acknowledged, severity }: WallTrouble) => Number(acknowledged) * 2 + Number(severity === "warning");
  return {
    schema: "mxray.wall/1",
    at: ago(0),
    version: "1.0.0",
    grouping: "host",
    troubles: tiles.toSorted((a, b) => rank(a) - rank(b)),
    findingsLeftOut: troubles >= 300 ? 41 : 0,
    calm: Array.from({ length: calm }, (_, index) => ({
      name: wallName(index + 1000),
      code: index % 9 === 4 ? "inconclusive" : "healthy",
      probedAt: ago(index),
      watched: index % 3 === 0,
    })),
    calmDays: 7,
    lastProbe: troubles + calm === 0 ? null : { name: "mx1.example.com", at: ago(3) },
    flow: {
      from: ago(24 * 60),
      bucketSeconds: 1800,
      buckets: Array.from({ length: 48 }, (_, index) => ({
        delivered: 240 + Math.round(200 * Math.sin((index + turn) / 5)),
        deferred: (index * 7) % 31,
        stalled: index > 30 ? (index * (troubles + 1)) % 9 : 0,
      })),
    },
    changes: tiles.slice(0, 12).map(({ key, kinds: [kind] }, index) => ({
      id: `${turn}-${index}`,
      kind: index % 3 === 1 ? "fixed" : "opened",
      at: ago(7 + 19 * index),
      name: key,
      code: kind?.code ?? "healthy",
    })),
  };
}

function troubleOf(index: number, ago: (minutes: number) => string): WallTrouble {
  const code = CODES[index % CODES.length] ?? "pmtu-black-hole";
  const name = wallName(index);
  return {
    key: name,
    name,
    severity: WARNINGS.has(code) ? "warning" : "critical",
    acknowledged: index % 7 === 5,
    stalled: index % 3 === 0 ? 7 * (index + 1) ** 2 : 0,
    since: ago(4 + index * index * 11),
    kinds: [{ code, confidence: CONFIDENCES[index % 3] ?? "likely" }],
    members: ["192.0.2.1"],
    memberCount: 1,
  };
}

/** Of the tile or destination of an index. */
export function wallName(index: number): string {
  const name = HOSTS[index % HOSTS.length] ?? "";
  return index < HOSTS.length
    ? name
    : name.startsWith("[")
      ? `[2001:db8:40::${index}]:2525`
      : name.replace(/^[a-z0-9]+/, (first) => `${first}-${index}`);
}
