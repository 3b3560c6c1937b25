import { expect, test } from "vitest";
import { targetOfPeer } from "./peer-target.ts";

test.each([
  ["mx1.example.test", "192.0.2.1", 25, "192.0.2.1"],
  ["mx1.example.test", "2001:db8::1", 25, "[2001:db8::1]"],
  ["mx1.example.test", "2001:db8::1", 587, "[2001:db8::1]:587"],
  ["MX1.example.test", null, null, "mx1.example.test"],
  ["mx1.example.test", null, 2525, "mx1.example.test:2525"],
  ["mail.example.test", "private/dovecot-lmtp", null, null],
  ["no name at all", null, 25, null],
  [null, null, null, null],
])("%s [%s]:%s is probed as %s", (name, address, port, target) => {
  expect(targetOfPeer({ name, address, port })).toBe(target);
});
