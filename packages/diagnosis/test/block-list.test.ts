import { expect, test } from "vitest";
import { blockListOf } from "../src/block-list.ts";

test.each([
  ["554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org", "zen.example.org"],
  ["550 5.7.1 Client host mail.sender.test blocked using bl.list.example; see https://www.list.example/query", "bl.list.example"],
  ["550 Your address 192.0.2.1 is listed by the dnsbl.example.net DNSBL", "dnsbl.example.net"],
  [
    "550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To be removed from this list see\nhttps://delist.example.com/",
    "delist.example.com",
  ],
  ["554 rejected, found in RBL: rbl.example.org", "rbl.example.org"],
  ["550 5.7.1 Part of your network is on our block list (S3140).", "its own block list (S3140)"],
  ["550 5.7.1 Blocked - http://www.reputation.example/lookup?ip=192.0.2.1", "www.reputation.example"],
])("%s", (reply, list) => expect(blockListOf(reply)).toBe(list));

test.each([
  "550 5.1.1 <postmaster@example.test>: Recipient address rejected: User unknown",
  "450 4.2.0 <postmaster@example.test>: Greylisted, see https://help.example.test/",
  "550 5.7.1 Blocked by local policy",
  "554 5.7.1 Relay access denied at mx1.example.test",
  "550 blocked, write to abuse@example.test",
])("names no list: %s", (reply) => expect(blockListOf(reply)).toBeNull());
