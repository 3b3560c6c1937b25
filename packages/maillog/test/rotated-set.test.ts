import { expect, test } from "vitest";
import { inOrderOfTime } from "../src/index.ts";

test.each([
  [
    ["mail.log", "mail.log.1", "mail.log.10.gz", "mail.log.2.gz"],
    ["mail.log.10.gz", "mail.log.2.gz", "mail.log.1", "mail.log"],
  ],
  [
    ["/var/log/maillog", "/var/log/maillog-20260111.gz", "/var/log/maillog-20260104"],
    ["/var/log/maillog-20260104", "/var/log/maillog-20260111.gz", "/var/log/maillog"],
  ],
  [
    ["maillog.20260102-235959", "maillog.20260102-120000"],
    ["maillog.20260102-120000", "maillog.20260102-235959"],
  ],
  [
    ["b.log", "a.log.1", "a.log", "-"],
    ["b.log", "a.log.1", "a.log", "-"],
  ],
  [
    ["/mx1/mail.log", "/mx2/mail.log.1", "/mx1/mail.log.1"],
    ["/mx1/mail.log.1", "/mx1/mail.log", "/mx2/mail.log.1"],
  ],
])("%j are read as %j", (given, expected) => {
  expect(inOrderOfTime(given)).toEqual(expected);
});
