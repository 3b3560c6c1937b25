/** Doubles of receivers: an HTTP server that keeps what it is sent, and can be dead or answer rubbish; and Postfix's smtp-sink. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const TAKEN: Answer = (_request, response) => response.end("ok");

export interface HttpReceiver extends AsyncDisposable {
  readonly url: string;
  /** What it has taken, in order. */
  readonly posts: ReceivedPost[];
  /** Connections that were cut off while it was dead. */
  refused: number;
  dead: boolean;
  answer: Answer;
}

export async function startHttpReceiver(): Promise<HttpReceiver> {
  const posts: ReceivedPost[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (receiver.dead) return;
    posts.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(parts).toString() });
    receiver.answer(request, response);
  });
  server.on("connection", (socket) => {
    if (!receiver.dead) return;
    receiver.refused += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver: HttpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    refused: 0,
    dead: false,
    answer: TAKEN,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}

const SMTP_SINK = "/usr/sbin/smtp-sink";

export function hasSmtpSink(): boolean {
  try {
    accessSync(SMTP_SINK);
    return true;
  } catch {
    return false;
  }
}

export interface MailSink extends AsyncDisposable {
  readonly url: string;
  /** The messages that it has taken. */
  messages(): Promise<string[]>;
}

/** Postfix's own sink, which writes each message to a file. @param port default a free one */
export async function startMailSink(port?: number): Promise<MailSink> {
  return await mailSinkAt(port ?? (await freePort()));
}

async function mailSinkAt(port: number): Promise<MailSink> {
  const folder = await mkdtemp(join(tmpdir(), "mxray-sink-"));
  const user = process.getuid?.() === 0 ? ["-u", "root"] : [];
  const child = spawn(SMTP_SINK, [...user, "-d", "m.", `inet:127.0.0.1:${port}`, "50"], { cwd: folder, stdio: "ignore" });
  await listening(child, port);
  return {
    url: `smtp://127.0.0.1:${port}`,
    messages: async () => await Promise.all((await readdir(folder)).toSorted().map((name) => readFile(join(folder, name), "utf8"))),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      if (child.exitCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("smtp-sink ended at once.");
}
