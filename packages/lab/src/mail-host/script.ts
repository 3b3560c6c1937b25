/**
 * The small language in which mail hosts are written: what a host says and does at each point of a session, as data that could
 * be JSON. Whatever a script leaves out is done as a healthy host would do it, so a script holds its one fault and nothing else.
 */
import type { FindingCode, Stage, StageCause, StageOutcome } from "@mxray/contracts";

export type MailHostAction =
  /** One line; CRLF is added. `{n}` is the number of the round within `repeat`, from 1. */
  | string
  /** Characters 0 to 255 as bytes, nothing added. */
  | { readonly do: "send"; readonly text: string }
  /** `text` over and over until `bytes` are sent. */
  | { readonly do: "fill"; readonly text: string; readonly bytes: number }
  /** Without `times` for ever. */
  | { readonly do: "repeat"; readonly actions: readonly MailHostAction[]; readonly times?: number; readonly everyMs?: number }
  /** One byte at a time. */
  | { readonly do: "trickle"; readonly text: string; readonly everyMs: number }
  | { readonly do: "wait"; readonly ms: number }
  /** Reads on and answers nothing, for ever. */
  | { readonly do: "hang" }
  /** Reads nothing more, so that its receive window closes. */
  | { readonly do: "stop-reading" }
  | { readonly do: "close" }
  /** Sends FIN and reads on. */
  | { readonly do: "half-close" }
  | { readonly do: "reset" }
  /** Starts TLS as a server, now. */
  | { readonly do: "start-tls" }
  /** What a healthy host does here. */
  | { readonly do: "default" }
  /** The first time the first list, and so on; the last one from then on. A greeting counts connections, a command its repeats. */
  | { readonly do: "in-turn"; readonly turns: readonly (readonly MailHostAction[])[] };

export const MAIL_HOST_VERBS = ["EHLO", "HELO", "STARTTLS", "MAIL", "RCPT", "DATA", "NOOP", "RSET", "QUIT"] as const;
export type MailHostVerb = (typeof MAIL_HOST_VERBS)[number];
/** `.` is the end of data, `*` any command that is no verb above. */
export type MailHostPoint = MailHostVerb | "." | "*";
export type MailHostAnswers = Partial<Record<MailHostPoint, readonly MailHostAction[]>>;

/** What happens while the body of a message comes in. */
export interface MailHostBodyFault {
  /** Body bytes after which it happens. */
  readonly atBytes: number;
  readonly actions: readonly MailHostAction[];
}

export interface MailHostCertificate {
  /** Subject alternative names; the first is the common name. Default `mx.example.test`. */
  readonly names?: readonly string[];
  /** RFC 3339; default a year around now. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** The whole chain has at least so many bytes (DER); default what it takes, some 400. */
  readonly chainBytes?: number;
}

/** What a host insists on. The default host of the lab has none of these and forgives everything. */
export interface MailHostLimits {
  /** Speaking before the greeting is over gets 554 and the end (Postfix's postscreen, Exim). */
  readonly noEarlyTalk?: boolean;
  /** More input right behind a command that must end a group (RFC 2920) gets 554 and the end (Postfix 3.9 and newer). */
  readonly noPipelinedNoop?: boolean;
  /** This many commands that move no mail are borne, then 554 and the end (Exim: 10). */
  readonly nonMailCommands?: number;
  /** Longest command line in bytes, CRLF included; longer ones get 500. Postfix and Sendmail: 2048. */
  readonly lineLength?: number;
}

/** What firewalls that inspect SMTP do to the commands that pass. */
export interface MailHostFixup {
  /** Command lines above so many bytes are lost without an answer. */
  readonly dropsCommandsOver?: number;
  /** A command that arrives in more than one segment is turned into X's, which the host refuses. */
  readonly masksSplitCommands?: boolean;
  /** An end of data of which `.` and CRLF arrive in separate segments is not seen (CSCds90792). */
  readonly losesSplitEndOfData?: boolean;
}

/** The first thing about a host that is out of order, in the words of the contract; a healthy one ends with `quit` ok. */
export interface MailHostExpectation {
  readonly stage: Stage;
  readonly outcome: StageOutcome;
  /** Any one of these, where it depends on how patient the probe is. */
  readonly causes?: readonly StageCause[];
  /** The finding that must come of it, where the host alone decides it. */
  readonly finding?: FindingCode;
}

export interface MailHostScript {
  /** Lower case and dashes. */
  readonly name: string;
  /** What is wrong with it, in one sentence for a person. */
  readonly title: string;
  /** What it does as soon as a client connects. */
  readonly greeting?: readonly MailHostAction[];
  /** EHLO keywords after the first line. */
  readonly keywords?: readonly string[];
  readonly on?: MailHostAnswers;
  /** What changes inside TLS; without it, the same as in clear. */
  readonly onTls?: MailHostAnswers;
  /** Offers STARTTLS, with this certificate. */
  readonly tls?: MailHostCertificate;
  /** MAIL, RCPT and DATA get 530 outside of TLS. */
  readonly requiresTls?: boolean;
  readonly body?: readonly MailHostBodyFault[];
  readonly limits?: MailHostLimits;
  readonly fixup?: MailHostFixup;
  readonly expect: MailHostExpectation;
}
