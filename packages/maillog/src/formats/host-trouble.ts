/**
 * Troubles of a mail host itself, from the words of its warnings and errors: limits on clients, files and processes, content
 * filters in front of the queue, the queue's file system. The words are those of Postfix (anvil's limits in smtpd/smtpd.c,
 * master/master_spawn.c, smtpd/smtpd_proxy.c, milter/milter8.c, global/mail_queue.c, cleanup) and of the C library's errors.
 */
import type { LogTrouble } from "@mxray/contracts";

/** Each with words that the message holds; the first that fits counts. */
const WORDS: readonly (readonly [LogTrouble, string])[] = [
  ["connection-count", "Connection concurrency limit exceeded: "],
  ["connection-rate", "Connection rate limit exceeded: "],
  ["message-rate", "Message delivery request rate limit exceeded: "],
  ["recipient-rate", "Recipient address rate limit exceeded: "],
  ["tls-rate", "New TLS session rate limit exceeded: "],
  ["auth-rate", "AUTH command rate limit exceeded: "],
  ["process-limit", " has reached its process limit "],
  ["open-files", ": Too many open files"],
  ["filter-unreachable", "connect to proxy filter "],
  ["filter-unreachable", "connect to proxy service "],
  ["filter-lost", "lost connection with proxy "],
  ["filter-timeout", "timeout talking to proxy "],
  ["low-space", "not enough free space in mail queue"],
  ["no-space", "No space left on device"],
  ["no-space", "Disk quota exceeded"],
  ["file-size-limit", "queue file size limit exceeded"],
  ["write-error", "queue file write error"],
  ["write-error", "Read-only file system"],
  ["write-error", "Input/output error"],
  ["clock", "file system clock is "],
  ["corrupt-file", "saving corrupt file "],
  ["child-fault", ": bad command startup -- throttling"],
  ["processes", " -- throttling"],
  ["processes", "fork: "],
  ["memory", "Cannot allocate memory"],
  ["memory", "insufficient memory"],
  ["sockets", "No buffer space available"],
  ["sockets", "Cannot assign requested address"],
  ["service", "problem talking to service "],
];

/** @param text the message, behind its severity */
export function hostTrouble(text: string): LogTrouble | null {
  for (const [trouble, words] of WORDS) if (text.includes(words)) return trouble;
  if (/^(?:[A-Za-z0-9]{6,24}: )?proxy \S{1,200} rejected "/.test(text)) return "filter-rejected";
  if (/^process \S{1,500} pid [0-9]{1,10} (?:exit status|killed by signal) /.test(text)) return "child-fault";
  return milterTrouble(text);
}

function milterTrouble(text: string): LogTrouble | null {
  if (text.startsWith("connect to Milter service ")) return "filter-unreachable";
  if (!text.startsWith("milter ")) return null;
  if (/: can't (?:read|write) /.test(text)) return text.includes("timed out") ? "filter-timeout" : "filter-lost";
  return null;
}

/** Who is behind it where it is no client: the service that is full, the filter, the service that does not answer. */
export function troubleCulprit(text: string): string | null {
  const match =
    /service "([^"]{1,100})" \(/.exec(text) ??
    /(?:proxy filter|proxy service|with proxy|talking to proxy|Milter service|^milter) ([^\s,;]{1,100}[^\s,:;])/.exec(text) ??
    /problem talking to service ([^\s:]{1,100})/.exec(text) ??
    /process (\S{1,200}) pid /.exec(text) ??
    /^(\S{1,200}): bad command startup/.exec(text);
  return match?.[1] ?? null;
}
