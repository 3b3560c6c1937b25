import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { certificateBundle } from "@mxray/lab";
import { expect, test } from "vitest";
import { clientHello } from "../src/path/client-hello.ts";

test.each([200, 358, 576, 1349, 1448, 1600])("has exactly %i bytes, in one record", (bytes) => {
  for (const name of [null, "mx.example.test"]) {
    const hello = Buffer.from(clientHello(bytes, name));
    expect(hello.length).toBe(bytes);
    expect(hello.readUInt16BE(3)).toBe(bytes - 5);
  }
});

test("a TLS server answers it with its own hello", async () => {
  const { cert, key } = certificateBundle();
  const server = createServer({ cert, key }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  try {
    socket.write(clientHello(1400, "mx.example.test"));
    const [answer] = (await once(socket, "data")) as [Buffer];
    // A handshake record with a ServerHello, not an alert (21).
    expect([answer[0], answer[5]]).toEqual([22, 2]);
  } finally {
    socket.destroy();
    server.close();
  }
});
