/** The sign of a peer that an entry is (`peerSignOf`), without making a string of each refused recipient. */
import { type PeerSign, peerSignOf } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import type { LogEntry } from "./log-entry.ts";

const LONGEST_REASON = 2000;
const DOT = 46;
const THREE = 51;
const FOUR = 52;
const ONE = 49;
const SEVEN = 55;

export function signOfEntry(entry: LogEntry): PeerSign | null {
  const { event, stage, status, copy, failure, program, bytes, reasonFrom, reasonTo, dsnFrom, dsnTo } = entry;
  if (event === null) return null;
  // Sendmail quotes its own rules about TLS as it quotes replies.
  const answered = event === "reject" || (event === "delivery" && program.mta === "postfix" && (failure === "reply" || failure === null));
  if (answered && !isOfSize(entry) && !isOfTls(entry)) return null;
  const reason = latin1(bytes, reasonFrom, Math.min(reasonTo, reasonFrom + LONGEST_REASON));
  return peerSignOf({ event, stage, status, copy, reason, dsn: dsnTo > dsnFrom ? latin1(bytes, dsnFrom, dsnTo) : null });
}

/** By its status code `x.3.4` or `x.2.3`; what has none is read. */
function isOfSize({ bytes, dsnFrom, dsnTo }: LogEntry): boolean {
  if (dsnTo === dsnFrom) return true;
  const last = bytes[dsnTo - 1];
  return dsnTo - dsnFrom === 5 && bytes[dsnTo - 2] === DOT && (last === FOUR || last === THREE);
}

/** By its status code `x.7.y`, but for the frequent `x.7.1` of block lists and greylisting. */
function isOfTls({ bytes, dsnFrom, dsnTo }: LogEntry): boolean {
  return bytes[dsnFrom + 2] === SEVEN && !(dsnTo - dsnFrom === 5 && bytes[dsnTo - 1] === ONE);
}
