/** Hosts that say no, politely, at each point of a session. */
import type { MailHostScript } from "../mail-host/script.ts";

export const refusalHosts: readonly MailHostScript[] = [
  {
    name: "greeting-554",
    title: "Refuses with 554 at the greeting and closes at QUIT only.",
    greeting: ["554 5.7.1 No mail service for you"],
    expect: { stage: "greeting", outcome: "refused", causes: ["reply"], finding: "greeting-refused" },
  },
  {
    name: "greeting-554-close",
    title: "Refuses with 554 at the greeting and closes.",
    greeting: ["554 5.7.1 Your address has a poor reputation", { do: "close" }],
    expect: { stage: "greeting", outcome: "refused", causes: ["reply"], finding: "greeting-refused" },
  },
  {
    name: "greeting-421",
    title: "Too busy at the greeting.",
    greeting: ["421 4.3.2 All server ports are busy", { do: "close" }],
    expect: { stage: "greeting", outcome: "refused", causes: ["reply"], finding: "rate-limited" },
  },
  {
    name: "second-connection-421",
    title: "Takes one connection; every further one gets 421.",
    greeting: [{ do: "in-turn", turns: [[{ do: "default" }], ["421 4.7.0 Too many connections from your address", { do: "close" }]] }],
    expect: { stage: "quit", outcome: "ok" },
  },
  {
    name: "ehlo-421",
    title: "Gives up at EHLO with 421.",
    on: { EHLO: ["421 4.3.0 Try later", { do: "close" }], HELO: ["421 4.3.0 Try later", { do: "close" }] },
    expect: { stage: "ehlo", outcome: "refused", causes: ["reply"] },
  },
  {
    name: "ehlo-550",
    title: "Does not like our EHLO name, nor our HELO name.",
    on: { EHLO: ["550 5.7.1 Bad EHLO name"], HELO: ["550 5.7.1 Bad HELO name"] },
    expect: { stage: "ehlo", outcome: "refused", causes: ["reply"], finding: "ehlo-failed" },
  },
  {
    name: "mail-421",
    title: "Gives up at MAIL with 421.",
    on: { MAIL: ["421 4.7.0 Too much mail today", { do: "close" }] },
    expect: { stage: "envelope", outcome: "refused", causes: ["reply"] },
  },
  {
    name: "mail-550",
    title: "Refuses the null sender.",
    on: { MAIL: ["550 5.7.1 Null sender refused"] },
    expect: { stage: "envelope", outcome: "refused", causes: ["reply"], finding: "envelope-refused" },
  },
  {
    name: "rcpt-450",
    title: "Greylists the recipient.",
    on: { RCPT: ["450 4.2.0 Greylisted, try again later"] },
    expect: { stage: "envelope", outcome: "refused", causes: ["reply"], finding: "envelope-refused" },
  },
  {
    name: "rcpt-550",
    title: "Knows no such recipient.",
    on: { RCPT: ["550 5.1.1 User unknown"] },
    expect: { stage: "envelope", outcome: "refused", causes: ["reply"], finding: "envelope-refused" },
  },
  {
    name: "data-554",
    title: "Refuses at DATA.",
    on: { DATA: ["554 5.5.1 No valid recipients"] },
    expect: { stage: "envelope", outcome: "refused", causes: ["reply"], finding: "envelope-refused" },
  },
  {
    name: "noop-421",
    title: "Ends the session at the first NOOP with 421.",
    on: { NOOP: ["421 4.7.0 Too many commands", { do: "close" }] },
    expect: { stage: "noop-ladder", outcome: "refused", causes: ["reply"], finding: "rate-limited" },
  },
  {
    name: "starttls-454",
    title: "Offers STARTTLS and then has none to give (454).",
    keywords: ["SIZE 10240000", "STARTTLS"],
    on: { STARTTLS: ["454 4.7.0 TLS not available due to local problem"] },
    expect: { stage: "starttls", outcome: "refused", causes: ["reply"], finding: "starttls-failed" },
  },
  {
    name: "end-of-data-552",
    title: "Refuses the finished message with 552.",
    on: { ".": ["552 5.3.4 Message size exceeds fixed limit"] },
    expect: { stage: "quit", outcome: "ok" },
  },
  {
    name: "size-552",
    title: "Refuses with 552 in the middle of the body, at 100,000 bytes, and closes.",
    body: [{ atBytes: 100_000, actions: ["552 5.3.4 Message too large", { do: "close" }] }],
    expect: { stage: "data-ladder", outcome: "refused", causes: ["reply", "closed", "reset"] },
  },
];
