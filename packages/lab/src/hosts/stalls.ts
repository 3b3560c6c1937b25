/** Hosts that fall silent, break off or read no further, at each point of a session and at certain sizes. */
import type { Stage } from "@mxray/contracts";
import type { MailHostAction, MailHostAnswers, MailHostExpectation, MailHostScript, MailHostVerb } from "../mail-host/script.ts";

/** The points of a session, and the stage in which a probe meets them. */
const POINTS: readonly { readonly verb: MailHostVerb; readonly stage: Stage; readonly also?: MailHostAnswers }[] = [
  { verb: "EHLO", stage: "ehlo" },
  { verb: "NOOP", stage: "noop-ladder" },
  { verb: "MAIL", stage: "envelope" },
  { verb: "RCPT", stage: "envelope" },
  { verb: "DATA", stage: "envelope" },
  { verb: "STARTTLS", stage: "starttls" },
  { verb: "QUIT", stage: "quit" },
];

function atEach(kind: string, what: string, action: MailHostAction, rest: Omit<MailHostExpectation, "stage">): MailHostScript[] {
  return POINTS.map(({ verb, stage }) => ({
    name: `${kind}-at-${verb.toLowerCase()}`,
    title: `${what} at ${verb}.`,
    ...(verb === "STARTTLS" ? { keywords: ["SIZE 10240000", "STARTTLS"] } : {}),
    on: { [verb]: [action] },
    expect: { stage, ...rest },
  }));
}

export const stallHosts: readonly MailHostScript[] = [
  {
    name: "silent",
    title: "Takes the connection and says nothing.",
    greeting: [{ do: "hang" }],
    expect: { stage: "greeting", outcome: "stalled", causes: ["timeout", "deadline"], finding: "greeting-timeout" },
  },
  {
    name: "closes-at-once",
    title: "Takes the connection and closes it.",
    greeting: [{ do: "close" }],
    expect: { stage: "greeting", outcome: "failed", causes: ["closed"] },
  },
  {
    name: "resets-at-once",
    title: "Takes the connection and resets it.",
    greeting: [{ do: "reset" }],
    expect: { stage: "greeting", outcome: "failed", causes: ["reset"] },
  },
  ...atEach("hangs", "Hangs", { do: "hang" }, { outcome: "stalled", causes: ["timeout", "deadline"] }),
  ...atEach("resets", "Resets the connection", { do: "reset" }, { outcome: "failed", causes: ["reset", "closed"] }),
  ...atEach("closes", "Closes the connection", { do: "close" }, { outcome: "failed", causes: ["closed", "reset"] }),
  {
    name: "hangs-at-end-of-data",
    title: "Never answers the end of data, however it comes: a content filter, no firewall.",
    on: { ".": [{ do: "hang" }] },
    expect: { stage: "quit", outcome: "ok" },
  },
  {
    name: "slow-filter",
    title: "Answers the end of data after three seconds.",
    on: { ".": [{ do: "wait", ms: 3000 }, { do: "default" }] },
    expect: { stage: "quit", outcome: "ok" },
  },
  {
    name: "resets-in-body",
    title: "Resets the connection after 3000 bytes of the body.",
    body: [{ atBytes: 3000, actions: [{ do: "reset" }] }],
    expect: { stage: "data-ladder", outcome: "failed", causes: ["reset", "closed"], finding: "dropped-in-data" },
  },
  {
    name: "closes-in-body",
    title: "Closes the connection after 20,000 bytes of the body.",
    body: [{ atBytes: 20_000, actions: [{ do: "close" }] }],
    expect: { stage: "data-ladder", outcome: "failed", causes: ["closed", "reset"], finding: "dropped-in-data" },
  },
  {
    name: "cliff-64k",
    title: "A proxy that reads 65,536 bytes of the body and no more.",
    body: [{ atBytes: 65_536, actions: [{ do: "stop-reading" }] }],
    expect: { stage: "data-ladder", outcome: "stalled", finding: "size-cliff" },
  },
  {
    name: "window-closed",
    title: "Reads nothing of the body, so its receive window closes.",
    body: [{ atBytes: 0, actions: [{ do: "stop-reading" }] }],
    expect: { stage: "data-ladder", outcome: "stalled" },
  },
  {
    name: "body-pauses",
    title: "Reads the body with a pause of two seconds at 10,000 bytes, as a content filter does.",
    body: [{ atBytes: 10_000, actions: [{ do: "wait", ms: 2000 }] }],
    expect: { stage: "quit", outcome: "ok" },
  },
];
