/**
 * Lines of postscreen, which answers in front of smtpd: `CONNECT from [IP]:PORT to …`, `HANGUP after T from … in TEST`,
 * `COMMAND TIME LIMIT from … after CMD`, `COMMAND COUNT|LENGTH LIMIT`, `DISCONNECT [IP]:PORT`, and what it rejects. A client that
 * passes is handed to smtpd, which logs its own `connect from`.
 */

import { SHORT_SESSION_SECONDS } from "@mxray/contracts";
import { setEvent, setTrouble } from "../../entries/entry-event.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { PeerNames } from "../../entries/log-peer-name.ts";
import { stageOfCommand } from "../smtp-command.ts";
import { postfixText, setPeer } from "./postfix-text.ts";
import { readReject } from "./smtp-server.ts";

/** Lines about what only bots do, with the word before the client. */
const BOTS: readonly (readonly [opening: RegExp, before: string])[] = [
  [/^PREGREET [0-9]/, " from "],
  [/^DNSBL rank [0-9]/, " for "],
  [/^(?:NON-SMTP COMMAND|COMMAND PIPELINING|BARE NEWLINE) from /, " from "],
];
const BUSY = /^reject: CONNECT from \[[^\]]{1,100}\](?::[0-9]{1,5})?: (?:too many connections|all (?:server|screening) ports busy)/;

/** @param from behind the queue id, where there is one */
export function readPostscreenLine(entry: LogEntry, from: number, peers: PeerNames): void {
  const text = postfixText(entry, from);
  const peerAfter = (words: string) => {
    const at = text.indexOf(words);
    if (at !== -1) setPeer(entry, from + at + words.length, peers);
  };
  if (text.startsWith("CONNECT from ")) {
    setEvent(entry, "connect", entry.textTo, { direction: "inbound" });
    peerAfter("CONNECT from ");
  } else if (text.startsWith("DISCONNECT ")) {
    setEvent(entry, "disconnect", entry.textTo, { direction: "inbound" });
    peerAfter("DISCONNECT ");
  } else if (text.startsWith("HANGUP after ")) {
    const before = text.includes(" in tests before ");
    setEvent(entry, "lost-connection", from, { direction: "inbound", stage: before ? "greeting" : "unknown" });
    entry.failure = "lost-connection";
    entry.sessionSeconds = Number(/^HANGUP after ([0-9]{1,6})/.exec(text)?.[1] ?? -1);
    entry.bot = / in tests (?:before|after) SMTP handshake$/.test(text) && entry.sessionSeconds <= SHORT_SESSION_SECONDS;
    peerAfter(" from ");
  } else if (text.startsWith("COMMAND TIME LIMIT ")) {
    const command = / after ([A-Z-]{1,20})/.exec(text.slice(0, 300))?.[1] ?? null;
    setEvent(entry, "timeout", from, { direction: "inbound", stage: stageOfCommand(command ?? ""), command });
    entry.failure = "timeout";
    peerAfter(" from ");
  } else if (text.startsWith("COMMAND COUNT LIMIT ") || text.startsWith("COMMAND LENGTH LIMIT ")) {
    setTrouble(entry, "too-many-errors", from, "inbound");
    entry.command = / after ([A-Z-]{1,20})/.exec(text.slice(0, 300))?.[1] ?? null;
    if (entry.command !== null) entry.stage = stageOfCommand(entry.command);
    peerAfter(" from ");
  } else if (BUSY.test(text.slice(0, 300))) {
    setTrouble(entry, "server-busy", from, "inbound");
    peerAfter(" from ");
  } else {
    const bot = BOTS.find(([opening]) => opening.test(text.slice(0, 60)));
    entry.bot = bot !== undefined;
    if (bot === undefined) readReject(entry, text, from, peers);
    else peerAfter(bot[1]);
  }
}
