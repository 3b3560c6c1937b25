import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { UpgradeListener } from "../src/http/upgrade-listener.ts";

let listener: UpgradeListener | undefined;
afterEach(() => listener?.close());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

it("A server whose store is being upgraded lives, is not ready, and says which step runs", async () => {
  const port = await freePort();
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, retryAfter: response.headers.get("retry-after"), text: await response.text() };
  };
  listener = new UpgradeListener({ host: "127.0.0.1", port });
  await listener.show({ name: "0011-first", step: 1, steps: 2 });
  await listener.show({ name: "0012-second", step: 2, steps: 2 });
  expect(await ask("/healthz")).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  for (const path of ["/readyz", "/api/v1/session"]) {
    const { status, retryAfter, text } = await ask(path);
    expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: "5" });
    expect(JSON.parse(text)).toEqual({
      error: { code: "migrating", message: "The store is being upgraded: step 2 of 2 (0012-second)." },
    });
  }
  expect(await ask("/findings")).toMatchObject({ status: 503, text: expect.stringContaining("step 2 of 2 (0012-second)") });
  await listener.close();
  await expect(ask("/healthz")).rejects.toThrow();
});
