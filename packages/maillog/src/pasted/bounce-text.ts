/**
 * Bounces and delay notices as people paste them: of Postfix, Exim, Sendmail, Exchange, Microsoft 365, Gmail and of whatever
 * writes the fields of RFC 3464. A text that reports no failure is none.
 */
import type { PastedFault } from "@mxray/contracts";
import { faultOfWords } from "./fault-words.ts";

const BOUNCE_CAP = 20_000;

const WRITERS: readonly (readonly [PastedFault["writer"], RegExp])[] = [
  ["qmail", /This is the qmail-send program at|but connection died\./],
  [
    "Exim",
    /created automatically by mail delivery software|SMTP timeout after |SMTP error from remote mail server|closed connection in response to|Delay reason: |Exim/,
  ],
  [
    "Microsoft 365",
    /Office 365|Microsoft 365|prod\.outlook\.com|protection\.outlook\.com|exchangelabs\.com|[45]\.4\.31[67]|4\.4\.397|[45]\.7\.32[0-9]|Remote server returned '|Error communicating with target host/,
  ],
  [
    "Exchange",
    /Primary target IP address responded|\[\{LED=|#< ?#?[45]\.|Microsoft Exchange|SMTPSEND\.|Attempted failover to alternate host|\bLED=[45][0-9]{2}|gave this error: |The remote server returned '/,
  ],
  [
    "Gmail",
    /Gmail will retry|googlemail\.com|support\.google\.com|did not accept our requests to connect|gsmtp|the server for the domain /,
  ],
  ["Sendmail", /transcript of session follows|\.\.\. while talking to|>>> DATA|Deferred: Connection|during client (?:DATA|greeting)/i],
  [
    "Postfix",
    /This is the mail system at host|X-Postfix|Name service error for name=|conversation with \S{1,255}\[|lost connection with \S{1,255}\[|\(in reply to |but was not offered by host |\]:? (?:said|refused to talk to me): |connect to \S{1,255}\]:[0-9]{1,5}: |loops back to myself|(?:timed out|lost connection) while (?:sending|receiving|performing) /,
  ],
];
/** What only a bounce or a delay notice has. */
const SIGNS =
  /could not be delivered|unable to deliver your message|wasn't able to deliver your message|problem delivering your message|couldn't be delivered|wasn't delivered|hasn't been delivered|undeliverable|undelivered|not yet been delivered|still being retried|delivery (?:has )?(?:failed|incomplete|status|delayed)|Diagnostic-Code:|Final-Recipient:|Reporting-MTA:|transcript of session|Attempted failover to alternate host|message still undelivered|\[\{LED=|Last error:|Message expired/i;
/** How the report about one recipient begins. */
const RECIPIENT = /^<[^<>@\s]{1,64}@[^<>\s]{1,255}>: /;
const GIVEN_UP =
  /Action: failed|retry timeout exceeded|Giving up on |I've given up|I'm not going to try again|will be deleted from queue|permanent fatal errors|Delivery has failed|\bLED=5[0-9]{2}/i;
const DELAYED =
  /delayed|still being retried|not yet been delivered|will (?:retry|be retried|keep trying|continue to)|message still undelivered|Action: delayed|Delivery incomplete|temporary problem|warning only|warning: |\bLED=4[0-9]{2}/i;

/** Null for what is no bounce. */
export function readBounceText(pasted: string): PastedFault | null {
  const text = pasted.slice(0, BOUNCE_CAP).replace(/\s+/g, " ").trim();
  const words = faultOfWords(text);
  if (words === null) return null;
  const writer = WRITERS.find(([, sign]) => sign.test(text))?.[0] ?? "a mail server";
  if (writer === "a mail server" && !SIGNS.test(text) && !RECIPIENT.test(text)) return null;
  return { source: "bounce", writer, ...words, status: statusOf(text, words.dsn), count: 1 };
}

function statusOf(text: string, dsn: string | null): PastedFault["status"] {
  if (GIVEN_UP.test(text)) return "bounced";
  if (DELAYED.test(text)) return "deferred";
  if (dsn?.startsWith("5") === true) return "bounced";
  // Postfix's report about a recipient is the same in a delay notice and in a bounce.
  if (dsn !== null) return RECIPIENT.test(text) ? null : "deferred";
  return SIGNS.test(text) ? "bounced" : null;
}
