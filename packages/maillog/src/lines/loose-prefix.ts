/**
 * The beginning of a line that `LinePrefix` does not read at a glance, token by token: quoted, indented, coloured, with a
 * container's name, a facility or a level, a date in any form that leaves no doubt, one log inside another (`stamp host
 * container[1]: stamp host postfix/smtp[2]: …`), or the bare message. A program's words that merely quote a mail program's line
 * are not taken for it: nothing but known tokens may stand in front of the tag.
 */
import { logProgramOf } from "../entries/log-program.ts";
import { readDateForm } from "./date-form.ts";
import type { LogClock } from "./log-clock.ts";

export interface LoosePrefix {
  readonly timeMs: number;
  /** The host's name as a range; empty where there is none. */
  readonly hostFrom: number;
  readonly hostTo: number;
  /** `tag`: the program's tag precedes the message; `bare`: its words say whose it is; `exim`: perhaps a line of Exim's own log. */
  readonly kind: "tag" | "bare" | "exim";
  /** Where the tag begins, for `tag`; otherwise `textFrom`. */
  readonly tagFrom: number;
  readonly tag: string;
  readonly pid: number;
  readonly textFrom: number;
}

const MOST_TOKENS = 16;
const DEEPEST_NEST = 2;

/** Of a terminal, and of a paste that lost its escape characters. */
const COLOUR = "\\x1b?\\[[0-9;]{0,12}m";
const MARKS = new RegExp(`(?:[ \\t]+|${COLOUR}|\\xef\\xbb\\xbf|[>|]+(?=[ \\t])|<\\d{1,3}>(?:1 )?)+`, "y");
const CONTAINER = new RegExp(`[\\w./-]{1,100}[ \\t]{0,60}\\|(?=[ \\t]|${COLOUR})`, "y");
const STREAM = /std(?:out|err) [FP](?= )/y;
const FACILITY =
  /<?(?:mail|user|daemon|syslog|local[0-7])[./:](?:debug|info|notice|warn(?:ing)?|err(?:or)?|crit|alert|emerg)>?:?(?=[ \t])/iy;
/** The same as two words, behind the host. */
const FACILITY_WORDS = /(?:mail|local[0-7]) (?:debug|info|notice|warn(?:ing)?|err(?:or)?|crit|alert|emerg)(?=[ \t])/iy;
/** What grep and cat write in front: `mail.log.1:17:`, `17:`, `  17  `. A stamp follows. */
const SOURCE = /(?:[\w.~/-]{1,255}:)?(?:\d{1,9}[: \t])?[ \t]*/y;
const LEVEL = /(?:\[?(?:DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL|ALERT|EMERG|TRACE)\]?:?(?=[ \t]))/iy;
/** Python's logging: `INFO:root:`. */
const LOGGER = /(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):[\w.]{1,60}:/y;
const TAG = /([A-Za-z][\w./-]{0,99})(?:\[(\d{1,10})\])?:(?= |$)/y;
const HOST = /[A-Za-z0-9][\w.:-]{0,254}(?=[ \t])/y;

/** @param text of `closerLook` */
export function readLoosePrefix(text: string, clock: LogClock): LoosePrefix | null {
  return readFrom(text, 0, clock, 0);
}

function readFrom(text: string, from: number, clock: LogClock, depth: number): LoosePrefix | null {
  let at = from;
  let timeMs = Number.NaN;
  let stamped = false;
  let host: readonly [number, number] = [0, 0];
  let behindStamp = -1;
  const found = (kind: LoosePrefix["kind"], tag: string, tagFrom: number, textFrom = tagFrom, pid = -1): LoosePrefix => {
    return { timeMs, hostFrom: host[0], hostTo: host[1], kind, tag, tagFrom, pid, textFrom };
  };
  for (let tokens = 0; tokens < MOST_TOKENS; tokens += 1) {
    at = behind(MARKS, text, at) ?? at;
    const bare = tagOfWords(text, at);
    if (bare !== null) return found("bare", bare, at);
    const date = readDateForm(text, at, clock);
    if (date !== null) {
      stamped = true;
      timeMs = date.timeMs;
      at = date.end;
      behindStamp = behind(/ */y, text, at) ?? at;
      continue;
    }
    const decoration =
      (tokens === 0 ? behindSource(text, at, clock) : undefined) ??
      (stamped ? behind(STREAM, text, at) : behind(CONTAINER, text, at)) ??
      (host[1] === 0 ? undefined : behind(FACILITY_WORDS, text, at)) ??
      behind(FACILITY, text, at) ??
      behind(LEVEL, text, at) ??
      behind(LOGGER, text, at);
    if (decoration !== undefined) {
      at = decoration;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(text);
    if (tag !== null) {
      const [whole, name = "", pid] = tag;
      const end = at + whole.length;
      const inner = depth < DEEPEST_NEST ? readNested(text, end, clock, depth) : null;
      if (inner !== null) return withOuter(inner, timeMs, host);
      const mail = name === "postfix" || logProgramOf(name) !== null;
      if (!mail || (pid === undefined && !stamped)) return null;
      return found("tag", name, at, behind(/ */y, text, end), pid === undefined ? -1 : Number(pid));
    }
    const name = host[1] === 0 ? behind(HOST, text, at) : undefined;
    if (name === undefined) break;
    host = [at, name];
    at = name;
  }
  if (behindStamp === -1) return null;
  host = [0, 0];
  return found("exim", "exim", behindStamp);
}

/** Where the line inside says neither when nor where, the line around it does. */
function withOuter(inner: LoosePrefix, timeMs: number, [hostFrom, hostTo]: readonly [number, number]): LoosePrefix {
  return {
    ...inner,
    timeMs: Number.isNaN(inner.timeMs) ? timeMs : inner.timeMs,
    ...(inner.hostTo === 0 ? { hostFrom, hostTo } : {}),
  };
}

function behindSource(text: string, from: number, clock: LogClock): number | undefined {
  const end = behind(SOURCE, text, from) ?? from;
  return end > from && readDateForm(text, end, clock) !== null ? end : undefined;
}

/** A whole line inside the message of another program: it begins with a stamp, or with a mail program's tag and process id. */
function readNested(text: string, from: number, clock: LogClock, depth: number): LoosePrefix | null {
  const at = behind(MARKS, text, from) ?? from;
  TAG.lastIndex = at;
  const begins = readDateForm(text, at, clock) !== null || TAG.exec(text)?.[2] !== undefined;
  return begins ? readFrom(text, at, clock, depth + 1) : null;
}

function behind(token: RegExp, text: string, at: number): number | undefined {
  token.lastIndex = at;
  const match = token.exec(text);
  return match === null ? undefined : at + match[0].length;
}

const ID = "(?:[0-9A-F]{6,16}: |[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}z[0-9B-DF-HJ-NP-TV-Yb-df-hj-np-tv-y]+: )";
const NAMED_HOST = "[\\w.:-]{1,255}\\[(?=[0-9A-Fa-f]*[.:])[0-9A-Fa-f.:]{2,60}\\]";
/** Words that no program but this one writes, so that the message alone says whose it is. */
const WORDS: readonly (readonly [string, RegExp])[] = [
  ["postfix/smtp", new RegExp(`${ID}to=<[^>]{0,320}>, (?:orig_to=<[^>]{0,320}>, )?relay=\\S{1,300}, delay=`, "y")],
  ["postfix/smtp", new RegExp(`${ID}?(?:conversation with|lost connection with|connect to|host|SSL_connect error to) ${NAMED_HOST}`, "y")],
  ["postfix/smtp", new RegExp(`${ID}?(?:enabling PIX |Cannot start TLS: handshake)`, "y")],
  [
    "postfix/smtpd",
    new RegExp(`${ID}?(?:lost connection|timeout|too many errors) after [A-Z-]{1,20}(?: \\(\\d{1,15} bytes\\))? from \\S{0,255}\\[`, "y"),
  ],
  ["postfix/smtpd", new RegExp(`(?:NOQUEUE: |${ID})(?:milter-)?reject: [A-Z-]{1,20} from ${NAMED_HOST}`, "y")],
  ["postfix/smtpd", new RegExp(`(?:connect|disconnect|SSL_accept error) from ${NAMED_HOST}`, "y")],
  ["postfix/qmgr", new RegExp(`${ID}from=<[^>]{0,320}>, size=\\d{1,15}, nrcpt=`, "y")],
];

/** The tag of the program whose words begin at `at`, for a message without one. */
export function tagOfWords(text: string, at: number): string | null {
  for (const [tag, words] of WORDS) {
    words.lastIndex = at;
    if (words.test(text)) return tag;
  }
  return null;
}
