/**
 * Which timer fires at which stage, with its default: what a "timed out" of a log means in seconds. Data only.
 *
 * Sources: Postfix postconf(5) and smtp_proto.c; Exim's smtp transport (`command_timeout`, `data_timeout`, `final_timeout`,
 * `connect_timeout`) and `smtp_receive_timeout`; Sendmail's Timeout options as conf.c sets them. Where a program has no timer
 * of its own for a stage it is left out.
 */
import type { Direction, MailEvent, MailStage } from "@mxray/contracts";

export interface StageTimer {
  /** As it is called in the program's configuration. */
  readonly name: string;
  /** Default, seconds. */
  readonly seconds: number;
}

type StageTimers = Readonly<Partial<Record<MailStage, StageTimer>>>;

const postfixHello = { name: "smtp_helo_timeout", seconds: 300 };
const postfixClient: StageTimers = {
  connect: { name: "smtp_connect_timeout", seconds: 30 },
  greeting: postfixHello,
  ehlo: postfixHello,
  starttls: { name: "smtp_starttls_timeout", seconds: 300 },
  xforward: { name: "smtp_xforward_timeout", seconds: 300 },
  mail: { name: "smtp_mail_timeout", seconds: 300 },
  rcpt: { name: "smtp_rcpt_timeout", seconds: 300 },
  "data-command": { name: "smtp_data_init_timeout", seconds: 120 },
  body: { name: "smtp_data_xfer_timeout", seconds: 180 },
  "end-of-data": { name: "smtp_data_done_timeout", seconds: 600 },
  rset: { name: "smtp_rset_timeout", seconds: 20 },
  quit: { name: "smtp_quit_timeout", seconds: 300 },
};

const eximCommand = { name: "command_timeout", seconds: 300 };
const eximClient: StageTimers = {
  connect: { name: "connect_timeout", seconds: 300 },
  greeting: eximCommand,
  ehlo: eximCommand,
  starttls: eximCommand,
  auth: eximCommand,
  mail: eximCommand,
  rcpt: eximCommand,
  "data-command": eximCommand,
  body: { name: "data_timeout", seconds: 300 },
  "end-of-data": { name: "final_timeout", seconds: 600 },
};

const sendmailClient: StageTimers = {
  greeting: { name: "Timeout.initial", seconds: 300 },
  ehlo: { name: "Timeout.helo", seconds: 300 },
  mail: { name: "Timeout.mail", seconds: 600 },
  rcpt: { name: "Timeout.rcpt", seconds: 3600 },
  "data-command": { name: "Timeout.datainit", seconds: 300 },
  body: { name: "Timeout.datablock", seconds: 3600 },
  "end-of-data": { name: "Timeout.datafinal", seconds: 3600 },
};

const CLIENT_TIMERS: Record<MailEvent["mta"], StageTimers> = { postfix: postfixClient, exim: eximClient, sendmail: sendmailClient };

/** A server waits equally long at every stage; Sendmail's wait for a block of content is as long as that for a command. */
const SERVER_TIMERS: Record<MailEvent["mta"], StageTimer> = {
  postfix: { name: "smtpd_timeout", seconds: 300 },
  exim: { name: "smtp_receive_timeout", seconds: 300 },
  sendmail: { name: "Timeout.command", seconds: 3600 },
};

/** @param lmtp Postfix's lmtp(8) has a twin of each of smtp(8)'s settings */
export function stageTimerOf(mta: MailEvent["mta"], direction: Direction, stage: MailStage, lmtp = false): StageTimer | null {
  if (direction === "inbound") return SERVER_TIMERS[mta];
  const timer = CLIENT_TIMERS[mta][stage];
  if (timer === undefined) return null;
  return lmtp && mta === "postfix" ? { ...timer, name: timer.name.replace(/^smtp_/, "lmtp_") } : timer;
}
