/** An agent's requests: what is trusted, by which way they go, and what is asked again. */
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { certificateBundle } from "@mxray/lab";
import { afterEach, describe, expect, it } from "vitest";
import { AgentEnd } from "../src/agent-end.ts";
import { ServerConnection } from "../src/server-connection.ts";

const bundle = certificateBundle({ names: ["localhost"] });
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "localhost");
  await once(server, "listening");
  closing.push(async () => {
    server.close();
    if ("closeAllConnections" in server) (server.closeAllConnections as () => void)();
  });
  return (server.address() as AddressInfo).port;
}

const secure = (answer: RequestListener) => listen(createServer({ key: bundle.key, cert: bundle.cert }, answer));

function connectionTo(server: string, ca: string | null = null) {
  const messages: string[] = [];
  const connection = new ServerConnection({ server, secret: "s", version: "1.2.3", ca, onMessage: (message) => messages.push(message) });
  closing.push(async () => connection.close());
  return { messages, ask: (signal = AbortSignal.timeout(20_000)) => connection.ask("/agent/v1/x", { a: 1 }, signal) };
}

describe("an agent's connection", () => {
  it("trusts the certificates it is given, and no others", async () => {
    const port = await secure((request, response) => response.end(JSON.stringify({ said: request.headers["mxray-version"] })));
    expect(await connectionTo(`https://localhost:${port}`, bundle.cert).ask()).toEqual({ said: "1.2.3" });
    const stranger = connectionTo(`https://localhost:${port}`);
    const patience = new AbortController();
    const asked = stranger.ask(patience.signal);
    await expect.poll(() => stranger.messages.join()).toContain("cannot be reached: ");
    patience.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
  });

  it("goes by way of the proxy that the environment names", async () => {
    const port = await secure((_request, response) => response.end("{}"));
    const asked: string[] = [];
    const proxy = createHttpServer().on("connect", (request, client) => {
      asked.push(request.url ?? "");
      const upstream = connect(port, "localhost", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
    });
    const proxyPort = await listen(proxy);
    process.env.HTTPS_PROXY = `http://localhost:${proxyPort}`;
    try {
      expect(await connectionTo(`https://localhost:${port}`, bundle.cert).ask()).toEqual({});
    } finally {
      delete process.env.HTTPS_PROXY;
    }
    expect(asked).toEqual([`localhost:${port}`]);
  });

  it("asks again where the server is busy or away, and says so once", async () => {
    let times = 0;
    const port = await listen(
      createHttpServer((_request, response) => {
        times += 1;
        if (times === 1) response.writeHead(503).end();
        else if (times === 2) response.destroy();
        else if (times === 3) response.writeHead(502).end();
        else response.end("{}");
      }),
    );
    const { ask, messages } = connectionTo(`http://localhost:${port}`);
    expect(await ask()).toEqual({});
    expect(messages).toEqual([expect.stringContaining("cannot be reached"), expect.stringContaining("answers again")]);
  });

  it.each([
    ["a refusal", 401, JSON.stringify({ error: { code: "x", message: "You were\u001b[2J revoked." } }), "You were"],
    ["no mxray", 404, "<html>", "is there an mxray server at this address"],
    ["a login page", 200, "<html>", "is not JSON"],
  ])("ends with a sentence at %s", async (_what, status, body, words) => {
    const port = await listen(createHttpServer((_request, response) => response.writeHead(status).end(body)));
    const error = await connectionTo(`http://localhost:${port}`)
      .ask()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AgentEnd);
    expect(String(error)).toContain(words);
    expect(String(error)).not.toContain("\u001b");
  });
});
