/**
 * Hosts that mean harm or are out of their mind: endless, slow, oversized, garbled. Whatever they send, a probe ends by its
 * deadline with the right outcome, holds little memory, and shows nothing of it unescaped.
 */
import type { MailHostAction, MailHostScript } from "../mail-host/script.ts";

const MEGABYTE = 1_000_000;
const noSmtp = { stage: "greeting", outcome: "failed", causes: ["protocol"], finding: "protocol-error" } as const;
const tooLongGreeting = { stage: "greeting", outcome: "failed", causes: ["too-long", "protocol"], finding: "protocol-error" } as const;
const tooLongEhlo = { stage: "ehlo", outcome: "failed", causes: ["too-long", "protocol"] } as const;
const fine = { stage: "quit", outcome: "ok" } as const;

const greets = (...text: readonly string[]): readonly MailHostAction[] => [{ do: "send", text: text.join("") }];
/** Text as the bytes of its UTF-8, for `send`, whose characters are bytes. */
const utf8 = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

export const hostileHosts: readonly MailHostScript[] = [
  // Endless and oversized
  {
    name: "endless-greeting",
    title: "Its greeting is a multi-line reply that never ends.",
    greeting: [{ do: "repeat", actions: ["220-line {n}, more to come"] }],
    expect: tooLongGreeting,
  },
  {
    name: "endless-line",
    title: "Its greeting is one line that never ends.",
    greeting: [
      { do: "send", text: "220 " },
      { do: "repeat", actions: [{ do: "fill", text: "A", bytes: 65_536 }] },
    ],
    expect: tooLongGreeting,
  },
  {
    name: "line-of-10-megabytes",
    title: "Its greeting is one line of 10 MB.",
    greeting: [
      { do: "send", text: "220 " },
      { do: "fill", text: "B", bytes: 10 * MEGABYTE },
      { do: "send", text: "\r\n" },
    ],
    expect: tooLongGreeting,
  },
  {
    name: "bytes-without-line-ends",
    title: "Sends 1 MB of zero bytes and no line end.",
    greeting: [{ do: "fill", text: "\0", bytes: MEGABYTE }, { do: "hang" }],
    expect: tooLongGreeting,
  },
  {
    name: "many-keywords",
    title: "Offers 20,000 EHLO keywords.",
    on: { EHLO: ["250-mx.example.test", { do: "repeat", actions: ["250-XKEYWORD{n}"], times: 20_000 }, "250 HELP"] },
    expect: tooLongEhlo,
  },
  {
    name: "endless-ehlo",
    title: "Its EHLO reply never ends.",
    on: { EHLO: [{ do: "repeat", actions: ["250-XKEYWORD{n}"] }] },
    expect: tooLongEhlo,
  },
  {
    name: "keyword-of-1-megabyte",
    title: "One EHLO keyword is 1 MB long.",
    on: {
      EHLO: [
        { do: "send", text: "250-mx.example.test\r\n250 X" },
        { do: "fill", text: "K", bytes: MEGABYTE },
        { do: "send", text: "\r\n" },
      ],
    },
    expect: tooLongEhlo,
  },
  {
    name: "endless-354",
    title: "Its answer to DATA never ends.",
    on: { DATA: [{ do: "repeat", actions: ["354-line {n}"] }] },
    expect: { stage: "envelope", outcome: "failed", causes: ["too-long", "protocol"] },
  },
  {
    name: "flood-after-quit",
    title: "Answers QUIT with bytes without end.",
    on: { QUIT: [{ do: "repeat", actions: [{ do: "fill", text: "221-bye\r\n", bytes: 65_536 }] }] },
    expect: { stage: "quit", outcome: "failed", causes: ["too-long", "protocol", "timeout"] },
  },
  {
    name: "empty-lines",
    title: "Sends empty lines without end in place of a greeting.",
    greeting: [{ do: "repeat", actions: [""], everyMs: 1 }],
    expect: { stage: "greeting", outcome: "failed", causes: ["too-long", "protocol"] },
  },

  // Slow
  {
    name: "byte-a-minute",
    title: "Sends its greeting at one byte a minute.",
    greeting: [{ do: "trickle", text: "220 mx.example.test ESMTP\r\n", everyMs: 60_000 }],
    expect: { stage: "greeting", outcome: "stalled", causes: ["timeout", "slow", "deadline"], finding: "greeting-timeout" },
  },
  {
    name: "byte-a-tenth",
    title: "Sends its greeting at ten bytes a second, line after line, without end.",
    greeting: [{ do: "repeat", actions: [{ do: "trickle", text: "220-please hold the line\r\n", everyMs: 100 }] }],
    expect: { stage: "greeting", outcome: "stalled", causes: ["timeout", "slow", "deadline"] },
  },
  {
    name: "line-a-second",
    title: "A tarpit: one more line of its greeting every second.",
    greeting: [{ do: "repeat", actions: ["220-patience, line {n}"], everyMs: 1000 }],
    expect: { stage: "greeting", outcome: "stalled", causes: ["timeout", "slow", "deadline"], finding: "tarpit" },
  },
  {
    name: "ehlo-byte-a-second",
    title: "Answers EHLO at one byte a second.",
    on: { EHLO: [{ do: "trickle", text: "250-mx.example.test\r\n250 SIZE 10240000\r\n", everyMs: 1000 }] },
    expect: { stage: "ehlo", outcome: "stalled", causes: ["timeout", "slow", "deadline"] },
  },
  {
    name: "slow-answers",
    title: "A tarpit that answers EHLO and RCPT after three seconds each.",
    on: { EHLO: [{ do: "wait", ms: 3000 }, { do: "default" }], RCPT: [{ do: "wait", ms: 3000 }, { do: "default" }] },
    expect: fine,
  },

  // Text that is no text
  {
    name: "nul-bytes",
    title: "Its greeting has NUL bytes in it.",
    greeting: greets("220 mx\0.example\0.test ESMTP\0\r\n"),
    expect: fine,
  },
  {
    name: "invalid-utf8",
    title: "Its greeting holds bytes that are no UTF-8.",
    greeting: greets("220 mx.example.test \xff\xfe\xc0\xaf\xed\xa0\x80 ESMTP\r\n"),
    expect: fine,
  },
  {
    name: "terminal-escapes",
    title: "Its greeting clears the screen, sets the window title and moves the cursor.",
    greeting: greets("220 \x1b[2J\x1b[H\x1b]0;owned\x07\x1b[31mmx.example.test\x1b[8m ESMTP\x9b2J\r\n"),
    expect: fine,
  },
  {
    name: "terminal-escapes-in-keywords",
    title: "Its EHLO keywords hold escape sequences and carriage returns.",
    keywords: ["SIZE 10240000\x1b[1A\x1b[2K", "8BITMIME\rOVERWRITTEN", "X\x08\x08\x08Y"],
    expect: fine,
  },
  {
    name: "right-to-left",
    title: "Its greeting turns the reading direction round and hides characters.",
    greeting: greets(utf8("220 \u202emoc.elpmaxe\u202c \u200b\u2066\ufeffESMTP\r\n")),
    expect: fine,
  },
  {
    name: "markup",
    title: "Its greeting is a script for a browser and an image that reports its reader.",
    greeting: greets('220 <script>alert(1)</script><img src=x onerror="alert(2)">\'"--> ESMTP\r\n'),
    expect: fine,
  },
  {
    name: "markdown",
    title: "Its replies hold Markdown and a table's borders.",
    greeting: greets("220 [click](javascript:alert(1)) | **bold** `code` ![x](http://tracker.example.test/x.png)\r\n"),
    keywords: ["SIZE 10240000 | a | b |", "```", "# HEADLINE"],
    expect: fine,
  },
  {
    name: "shell-text",
    title: "Its greeting would do harm if it were pasted into a shell.",
    greeting: greets("220 $(reboot) `reboot`; reboot & | reboot > /etc/passwd '\" ESMTP\r\n"),
    expect: fine,
  },
  {
    name: "format-strings",
    title: "Its replies hold format directives and placeholders.",
    greeting: greets("220 %s%s%n $", "{jndi:ldap://example.test/x} {{7*7}} {host} __proto__ constructor ESMTP\r\n"),
    keywords: ["__proto__", "constructor", "toString 1"],
    expect: fine,
  },
  {
    name: "bare-line-feeds",
    title: "Ends its lines with a line feed alone.",
    greeting: greets("220 mx.example.test ESMTP\n"),
    on: { EHLO: [{ do: "send", text: "250-mx.example.test\n250 SIZE 10240000\n" }] },
    expect: fine,
  },
  {
    name: "bare-carriage-returns",
    title: "Ends its lines with a carriage return alone.",
    greeting: [{ do: "send", text: "220 mx.example.test ESMTP\r" }, { do: "hang" }],
    expect: { stage: "greeting", outcome: "stalled", causes: ["timeout", "deadline"] },
  },

  // Replies that are none
  {
    name: "http-server",
    title: "Is a web server.",
    greeting: greets("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
    expect: noSmtp,
  },
  { name: "ssh-server", title: "Is an SSH server.", greeting: greets("SSH-2.0-OpenSSH_9.9\r\n"), expect: noSmtp },
  {
    name: "tls-alert",
    title: "Greets with a TLS alert and closes, as a TLS port does when it is disappointed.",
    greeting: [{ do: "send", text: "\x15\x03\x03\x00\x02\x02\x28" }, { do: "close" }],
    expect: { stage: "greeting", outcome: "failed", causes: ["protocol", "closed"] },
  },
  {
    name: "redirect",
    title: "Its greeting is a redirect to another host (551 and a URL).",
    greeting: greets("551 User not local; please try <http://evil.example.test/>\r\n"),
    expect: { stage: "greeting", outcome: "refused", causes: ["reply"], finding: "greeting-refused" },
  },
  { name: "code-999", title: "Greets with code 999.", greeting: greets("999 mx.example.test\r\n"), expect: noSmtp },
  { name: "code-000", title: "Greets with code 000.", greeting: greets("000 mx.example.test\r\n"), expect: noSmtp },
  { name: "code-of-two-digits", title: "Greets with a code of two digits.", greeting: greets("22 mx.example.test\r\n"), expect: noSmtp },
  {
    name: "code-of-four-digits",
    title: "Greets with a code of four digits.",
    greeting: greets("2200 mx.example.test\r\n"),
    expect: noSmtp,
  },
  { name: "negative-code", title: "Greets with a code below zero.", greeting: greets("-220 mx.example.test\r\n"), expect: noSmtp },
  {
    name: "code-199",
    title: "Greets with a positive preliminary code, which SMTP does not have.",
    greeting: greets("199 mx.example.test\r\n"),
    expect: noSmtp,
  },
  {
    name: "greeting-354",
    title: "Greets with 354, as if it were waiting for a message.",
    greeting: greets("354 go ahead\r\n"),
    expect: { stage: "greeting", outcome: "failed", causes: ["protocol", "reply"] },
  },
  {
    name: "codes-disagree",
    title: "The lines of its EHLO reply have different codes.",
    on: { EHLO: ["250-mx.example.test", "550-SIZE 10240000", "421 OK"] },
    expect: { stage: "ehlo", outcome: "failed", causes: ["protocol"] },
  },
  {
    name: "ehlo-code-250-in-words",
    title: "Answers EHLO with words instead of a reply.",
    on: { EHLO: ["pleased to meet you"], HELO: ["likewise"] },
    expect: { stage: "ehlo", outcome: "failed", causes: ["protocol"] },
  },
  {
    name: "reply-before-command",
    title: "Answers EHLO, MAIL and RCPT before they were sent, right behind its greeting.",
    greeting: ["220 mx.example.test ESMTP", "250 mx.example.test", "250 2.1.0 Ok", "250 2.1.5 Ok", "354 Go on"],
    on: { EHLO: [{ do: "hang" }], HELO: [{ do: "hang" }] },
    expect: { stage: "ehlo", outcome: "failed", causes: ["protocol", "timeout", "deadline"] },
  },
  {
    name: "two-replies-each",
    title: "Answers each command twice.",
    on: { EHLO: [{ do: "default" }, { do: "default" }], NOOP: ["250 Ok", "250 Ok"], MAIL: ["250 Ok", "250 Ok"] },
    expect: { stage: "ehlo", outcome: "failed", causes: ["protocol"] },
  },
  {
    name: "echo",
    title: "An echo service: says nothing of its own and repeats nothing useful.",
    greeting: greets("echo\r\n"),
    on: { "*": ["echo"], EHLO: ["EHLO"], HELO: ["HELO"] },
    expect: noSmtp,
  },
  {
    name: "half-close-at-greeting",
    title: "Greets and then sends FIN, reading on for ever.",
    greeting: ["220 mx.example.test ESMTP", { do: "half-close" }],
    expect: { stage: "ehlo", outcome: "failed", causes: ["closed", "reset"] },
  },
  {
    name: "half-close-in-reply",
    title: "Sends FIN in the middle of its EHLO reply.",
    on: { EHLO: [{ do: "send", text: "250-mx.example.test\r\n250-SI" }, { do: "half-close" }] },
    expect: { stage: "ehlo", outcome: "failed", causes: ["closed", "reset"] },
  },
  {
    name: "reset-in-reply",
    title: "Resets the connection in the middle of its greeting.",
    greeting: [{ do: "send", text: "220 mx.exam" }, { do: "wait", ms: 50 }, { do: "reset" }],
    expect: { stage: "greeting", outcome: "failed", causes: ["reset", "closed"] },
  },

  // TLS
  {
    name: "garbage-after-starttls",
    title: "Agrees to STARTTLS and then sends what is no TLS.",
    keywords: ["STARTTLS"],
    on: { STARTTLS: ["220 2.0.0 Ready to start TLS", { do: "fill", text: "garbage\x00\xff\x16", bytes: 4096 }, { do: "hang" }] },
    expect: { stage: "starttls", outcome: "failed", causes: ["tls", "protocol"], finding: "starttls-failed" },
  },
  {
    name: "alert-after-starttls",
    title: "Agrees to STARTTLS and answers the handshake with a fatal alert.",
    keywords: ["STARTTLS"],
    on: {
      STARTTLS: [
        "220 2.0.0 Ready to start TLS",
        { do: "wait", ms: 50 },
        { do: "send", text: "\x15\x03\x03\x00\x02\x02\x28" },
        { do: "close" },
      ],
    },
    expect: { stage: "starttls", outcome: "failed", causes: ["tls", "closed", "reset"], finding: "starttls-failed" },
  },
  {
    name: "silence-after-starttls",
    title: "Agrees to STARTTLS and never answers the handshake.",
    keywords: ["STARTTLS"],
    on: { STARTTLS: ["220 2.0.0 Ready to start TLS", { do: "hang" }] },
    expect: { stage: "starttls", outcome: "stalled", causes: ["timeout", "deadline"] },
  },
  {
    name: "reset-after-starttls",
    title: "Agrees to STARTTLS and resets the connection, as carriers that filter TLS do.",
    keywords: ["STARTTLS"],
    on: { STARTTLS: ["220 2.0.0 Ready to start TLS", { do: "wait", ms: 50 }, { do: "reset" }] },
    expect: { stage: "starttls", outcome: "failed", causes: ["reset", "closed", "tls"], finding: "starttls-failed" },
  },
  {
    name: "injects-before-tls",
    title: "Sends a reply in clear right behind its 220 to STARTTLS (the plaintext injection of CVE-2021-33515 and alike).",
    tls: {},
    on: {
      STARTTLS: [{ do: "send", text: "220 2.0.0 Ready to start TLS\r\n250 injected\r\n" }, { do: "wait", ms: 20 }, { do: "start-tls" }],
    },
    expect: { stage: "starttls", outcome: "failed", causes: ["tls", "protocol"] },
  },
  {
    name: "expired-certificate",
    title: "Its certificate expired in 2001.",
    tls: { notBefore: "2000-01-01T00:00:00Z", notAfter: "2001-01-01T00:00:00Z" },
    expect: fine,
  },
  {
    name: "certificate-of-the-future",
    title: "Its certificate is valid from 2049 to the end of the year 9999.",
    tls: { notBefore: "2049-12-31T23:59:59Z", notAfter: "9999-12-31T23:59:59Z" },
    expect: fine,
  },
  {
    name: "certificate-with-many-names",
    title: "Its certificate names 1000 hosts.",
    tls: { names: Array.from({ length: 1000 }, (_, n) => `host${n}.example.test`) },
    expect: fine,
  },
  {
    name: "certificate-with-markup",
    title: "The names in its certificate are escape sequences and a script for a browser.",
    tls: { names: ["<script>alert(1)</script>", "\x1b[2J\x1b]0;owned\x07", "a\0.example.test", "*"] },
    expect: fine,
  },
  {
    name: "certificate-of-60-kilobytes",
    title: "Its certificate chain has 60,000 bytes.",
    tls: { chainBytes: 60_000 },
    expect: fine,
  },
  {
    name: "reset-inside-tls",
    title: "Ends the connection at the first command inside TLS, and takes mail nowhere else.",
    tls: {},
    requiresTls: true,
    onTls: { EHLO: [{ do: "reset" }] },
    expect: { stage: "envelope", outcome: "failed", causes: ["reset", "closed"] },
  },
  {
    name: "endless-ehlo-inside-tls",
    title: "Its EHLO reply inside TLS never ends, and it takes mail nowhere else.",
    tls: {},
    requiresTls: true,
    onTls: { EHLO: [{ do: "repeat", actions: ["250-XKEYWORD{n}"] }] },
    expect: { stage: "envelope", outcome: "failed", causes: ["too-long", "protocol", "needs", "tls"] },
  },

  // The body
  {
    name: "talks-in-body",
    title: "Sends replies while the body is still on its way.",
    body: [
      { atBytes: 500, actions: ["250 2.0.0 Ok: queued already", "250 2.0.0 Ok: again"] },
      { atBytes: 5000, actions: ["451 4.3.0 Changed my mind"] },
    ],
    expect: { stage: "data-ladder", outcome: "failed", causes: ["protocol", "reply"] },
  },
  {
    name: "354-and-gone",
    title: "Asks for the message with 354 and closes.",
    on: { DATA: ["354 Go ahead", { do: "close" }] },
    expect: { stage: "data-ladder", outcome: "failed", causes: ["closed", "reset"], finding: "dropped-in-data" },
  },
];
