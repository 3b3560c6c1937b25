import { expect, test } from "vitest";
import { peerReachOf } from "./peer-reach.ts";

test.each([
  ["mx1.example.test", "192.0.2.1", "network"],
  [null, "2001:db8::1", "network"],
  ["unknown.example", null, "network"],
  ["localhost", null, "loopback"],
  ["127.0.0.1", "127.0.0.1", "loopback"],
  ["filter", "::1", "loopback"],
  ["mail.example.test", "private/dovecot-lmtp", "unix-socket"],
  ["mail.example.test", "/var/run/dspam.sock", "unix-socket"],
])("%s [%s]: %s", (name, address, reach) => {
  expect(peerReachOf({ name, address })).toBe(reach);
});
