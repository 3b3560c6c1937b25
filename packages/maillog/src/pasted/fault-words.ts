/**
 * How a delivery failed, from the words that mail programs and providers put into bounces, delay notices and queue listings.
 * Nothing is inferred beyond the words: no peer, status code or stage that the text does not name.
 */
import { type PastedFault, type Peer, printable } from "@mxray/contracts";
import { brokenConversation } from "../formats/postfix/conversation.ts";
import { EXPIRED, FAULT_FORMS } from "./fault-forms.ts";

export type FaultWords = Pick<PastedFault, "peer" | "failure" | "stage" | "dsn" | "reason">;

const CONVERSATION =
  /(?:conversation with|lost connection with|connect to|host|SSL_connect error to) [A-Za-z0-9._-]{1,255}\[[0-9A-Fa-f:.]{2,45}\](?:[^<>]|<[^<>\s]{1,254}>: [A-Z]){1,400}/;
const REPLY = /(?:^|[\s"'<;:])([45][0-9]{2})[ -]([45]\.[0-9]{1,3}\.[0-9]{1,3})\b.{0,200}/;
/** Exchange wraps the reply of the other side into one of its own. */
const QUOTED_REPLY = /responded with: "[45][0-9]{2} ([45]\.[0-9]{1,3}\.[0-9]{1,3}) /;
/** A reply without an enhanced code, behind words that say whose it is. */
const BARE_REPLY =
  /(?:\bsaid|responded with|server was|\breturned|Diagnostic-Code: smtp; ?|remote mail server after [^:]{1,80}):? ?["']?([45][0-9]{2})[ -](?! ).{1,200}/i;
const DSN_FIELD = /\bStatus: ([245]\.[0-9]{1,3}\.[0-9]{1,3})|\(#([45]\.[0-9]{1,3}\.[0-9]{1,3})\)/i;

/** @param text one text, with white space as one blank @returns null where it reports no failure */
export function faultOfWords(text: string): FaultWords | null {
  const field = DSN_FIELD.exec(text);
  const dsn = field?.[1] ?? field?.[2] ?? QUOTED_REPLY.exec(text)?.[1] ?? REPLY.exec(text)?.[2] ?? null;
  const peer = peerIn(text);
  const conversation = CONVERSATION.exec(text);
  const broken = conversation === null ? null : brokenConversation(conversation[0]);
  if (conversation !== null && broken !== null) {
    const stage = broken.stage === "unknown" ? null : broken.stage;
    return { peer, failure: broken.failure, stage, dsn, reason: reasonAt(text, conversation.index, conversation[0].length) };
  }
  for (const { words, failure, stage } of FAULT_FORMS) {
    const match = words.exec(text);
    if (match === null) continue;
    const named = typeof stage === "function" ? stage(match[1] ?? "") : stage;
    return { peer, failure, stage: named, dsn, reason: reasonAt(text, match.index, match[0].length) };
  }
  const expired = EXPIRED.exec(text);
  if (expired !== null) return { peer, failure: "expired", stage: null, dsn, reason: reasonAt(text, expired.index, expired[0].length) };
  const reply = REPLY.exec(text) ?? BARE_REPLY.exec(text);
  return reply === null ? null : { peer, failure: "reply", stage: null, dsn, reason: reasonAt(text, reply.index, reply[0].length) };
}

/** The host that was tried last, the name and the address where the text has both. */
const PEERS: readonly RegExp[] = [
  /\[LastAttemptedServerName=([A-Za-z0-9._-]{1,255})\](?: ?\[LastAttemptedIP=\[?([0-9A-Fa-f.:]{2,45}?)\]?(?::([0-9]{1,5}))?\])?/,
  /\{FQDN=([A-Za-z0-9._-]{1,255})\};? ?\{IP=([0-9A-Fa-f.:]{2,45})\}()/,
  /last endpoint attempted was ()\[?([0-9A-Fa-f.:]{2,45}?)\]?:([0-9]{1,5})\b/i,
  /([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){1,8}) gave this error: (?:\[([0-9A-Fa-f.:]{2,45})\])?()/,
  // Not where the message came from, as Sendmail and Received fields name it.
  /(?<![\w.-]|[Ff]rom |\()([A-Za-z0-9_-][A-Za-z0-9._-]{0,253}) ?\[([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{2,40})\](?::([0-9]{1,5}))?/,
  /Remote-MTA: dns; ?([A-Za-z0-9._-]{1,255})(?: \(([0-9A-Fa-f.:]{2,45})[,)])?()/i,
  /Giving up on ()([0-9]{1,3}(?:\.[0-9]{1,3}){3})\.?()/,
  /\[(?:\([0-9]{1,3}\) )?([A-Za-z0-9._-]{1,255}\.) ([0-9A-Fa-f.:]{2,45}): ()/,
  /Server at ([A-Za-z0-9._-]{1,255}) \(([0-9A-Fa-f.:]{2,45})\) returned()/,
  /Connect(?:ed|ing)? to ([A-Za-z0-9._-]{3,255}) \(([0-9A-Fa-f.:]{2,45})\)()/i,
  /Connected to ()([0-9]{1,3}(?:\.[0-9]{1,3}){3})() but /i,
  /while talking to ([A-Za-z0-9._-]{3,255}?)[.:]{1,2}(?: |$)()()/,
  /(?:timed out with|read error from|reset by|refused by|writing message to|input from) ([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){1,8})()()/,
  // A server that ends the session names itself first (RFC 5321, 4.2.2).
  /\b421:?[ -](?:4\.[0-9]{1,3}\.[0-9]{1,3} )?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+){0,8}\.[A-Za-z]{2,63})()()(?=[ :])/,
];

function peerIn(text: string): Peer | null {
  for (const form of PEERS) {
    const match = form.exec(text);
    if (match === null) continue;
    const [, name = "", address = "", port = ""] = match;
    return { name: name.replace(/\.$/, "") || null, address: address || null, port: port === "" ? null : Number(port) };
  }
  return null;
}

const REASON_CAP = 300;
/** A sentence rarely begins further back than this. */
const LOOK_BACK = 160;
/** What ends before the sentence that matters: another sentence, a quote, a list's dots, a recipient, a step of the transcript. */
const BEFORE = /.*(?:[.!?] (?=[A-Z<0-9])|: |; |\.\.\. |["{}] ?|(?<![a-z])'|[>\]] |= )/;
/** Where a sentence ends, or something else begins: a quote, details in brackets, the fields of a delivery report. */
const AFTER =
  /[.;] (?=[A-Z<-])|(?<=\)) (?=[A-Z])|["}]|'(?![a-z])|\.? ?\[[A-Za-z]+=|; ?\{| (?:Final-Recipient|Original-Recipient|Reporting-MTA|Remote-MTA|Diagnostic-Code|Action|Status|Received|Will-Retry-Until|X-[A-Za-z-]{2,40}|Generating server): ?| <(?!\S{1,254}>: [A-Z])|: retry timeout| ?\((?:Socket|in reply)| Learn more/;
const ADDRESS = /<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?/g;

const REPLY_CODE = /[45][0-9]{2}[ -][45]\.[0-9]{1,3}\.[0-9]{1,3} /g;

/** The sentence that holds the words, without anybody's address; with the code of the reply that it is. */
function reasonAt(text: string, at: number, length: number): string {
  const from = Math.max(0, at - LOOK_BACK);
  const code = [...text.slice(from, at + length).matchAll(REPLY_CODE)].at(-1)?.index;
  const sentence = code ?? BEFORE.exec(text.slice(from, at + 1))?.[0].length ?? (from === 0 ? 0 : null);
  // A sentence that begins too far back is quoted from the words on.
  const begins = sentence === null ? at : Math.min(from + sentence, at);
  const words = text.slice(begins, begins + REASON_CAP).trimStart();
  const end = AFTER.exec(words.slice(1))?.index;
  const reason = words
    .slice(0, end === undefined ? undefined : end + 1)
    .replaceAll(ADDRESS, "(address)")
    .trim();
  return printable(sentence === null ? `… ${reason}` : reason, REASON_CAP);
}
