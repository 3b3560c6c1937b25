/** Which sign of a peer an event is, from what stands in its line. Wordings of Postfix, Exim and Sendmail, and of servers that they quote. */
import type { PeerSign } from "../terms/log-terms.ts";
import type { MailEvent } from "./mail-event.ts";

type SignedEvent = Pick<MailEvent, "event" | "stage" | "status" | "dsn" | "reason" | "copy">;

/** RFC 3463: 5.3.4 and 5.2.3 are size limits of a system and of a mailbox. */
const SIZE_LIMIT_DSN = /^[45]\.(?:3\.4|2\.3)$/;
const TOO_BIG =
  /message(?: size)? (?:is )?too (?:big|large)|exceed(?:s|ed|ing)? .{0,60}size|size .{0,40}exceed|\b552[- ]5\.3\.4\b|\b5\.3\.4 /i;
const NOT_OFFERED =
  /TLS (?:session )?is required, but (?:was not offered|.{0,300} refused to start TLS|the server did not offer TLS|an attempt to start TLS failed)|encryption too weak 0 less than/i;
const UNTRUSTED =
  /certificate (?:not (?:verified|trusted)|verification failed|verify failed|invalid|has expired|name mismatch)|\bDANE (?:error|attempt failed)|untrusted issuer|self.signed certificate|no matching DANE|\b4\.7\.0 not authenticated/i;
/** Replies such as `530 5.7.0 Must issue a STARTTLS command first`, `451 5.7.3 STARTTLS is required to send mail`. */
const DEMANDED =
  /\b[45][0-9]{2}[ -](?:[45]\.7\.[0-9]{1,2} )?.{0,80}(?:issue a STARTTLS|STARTTLS (?:command )?(?:is )?required|\bTLS (?:encryption )?(?:is )?required|\brequires? (?:START)?TLS\b|encryption (?:is )?(?:required|needed))/i;
const TIMED_OUT = /timed? ?out/i;

export function peerSignOf({ event, stage, status, dsn, reason, copy }: SignedEvent): PeerSign | null {
  const text = reason ?? "";
  switch (event) {
    case "connect-failed":
      return TIMED_OUT.test(text) ? "connect-timeout" : "connect-failed";
    case "tls-failed":
      // Postfix reports a certificate that it does not trust also where it delivers all the same.
      return text.startsWith("certificate verification failed for ") ? null : tlsSignOf(text);
    case "reject":
      return isTooBig(dsn, text) ? "too-big" : null;
    case "delivery":
      if (status === "sent" || copy === true) return null;
      if (stage === "connect") return TIMED_OUT.test(text) ? "connect-timeout" : "connect-failed";
      return tlsSignOf(text) ?? (isTooBig(dsn, text) ? "too-big" : null);
    default:
      return null;
  }
}

function tlsSignOf(text: string): PeerSign | null {
  if (NOT_OFFERED.test(text)) return "tls-not-offered";
  if (DEMANDED.test(text)) return "tls-demanded";
  return UNTRUSTED.test(text) ? "tls-untrusted" : null;
}

function isTooBig(dsn: string | null, text: string): boolean {
  return (dsn !== null && SIZE_LIMIT_DSN.test(dsn)) || TOO_BIG.test(text);
}
