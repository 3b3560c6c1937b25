/**
 * What a mail server says of its own operation: `log-client-errors`, `log-resources`, `log-queue-io`, `log-content-filter`
 * (a filter behind the queue) and `log-filter` (what is asked while a message is received).
 * Such a line is a statement of the server, no inference: one is enough, and it is proven once it comes again; but clients
 * that are turned away happen every day, so there a few are a suspicion only.
 *
 * A stall towards a loopback or unix-socket peer belongs to the content filter: it is never a matter of the path MTU.
 */
import {
  type Confidence,
  type Finding,
  type FindingCode,
  isContentStage,
  LOG_TROUBLES,
  type LogPeer,
  type LogTrouble,
  type TroubleTally,
} from "@mxray/contracts";
import { findingOfTarget } from "../finding-draft.ts";
import { countText, listText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { LogContext, LogRule } from "./log-rule.ts";
import { peerLabel, writerFacts } from "./peer-finding.ts";

interface Kind {
  readonly code: FindingCode;
  readonly owns: (trouble: LogTrouble) => boolean;
  /** Lines from which on it is likely, and proven. */
  readonly likely: number;
  readonly proven: number;
  readonly title: string;
  readonly summary: string;
}

const CLIENT_ERRORS: Kind = {
  code: "log-client-errors",
  owns: (trouble) => LOG_TROUBLES[trouble] === "client-limit" || LOG_TROUBLES[trouble] === "error-limit",
  likely: 5,
  proven: 50,
  title: "Clients are turned away because of errors or limits",
  summary:
    "That is what the limits are for where the clients are strangers that guess; where one is a partner or a relay of your own, its mail is delayed by it.",
};
const RESOURCES: Kind = {
  code: "log-resources",
  owns: (trouble) => LOG_TROUBLES[trouble] === "resource",
  likely: 1,
  proven: 2,
  title: "The mail server runs out of processes, files or other resources",
  summary: "While that lasts, clients wait or are refused, and deliveries are put off.",
};
const CONTENT_FILTER: Kind = {
  code: "log-content-filter",
  owns: (trouble) => trouble.startsWith("filter-"),
  likely: 2,
  proven: 5,
  title: "The content filter does not do its part",
  summary:
    "Mail waits for a filter on this machine. The connection never leaves it, so packet sizes on the network play no part. A filter that answers after the time-out leaves mail both delivered and queued: duplicates.",
};
const INPUT_FILTER: Kind = {
  code: "log-filter",
  owns: (trouble) => LOG_TROUBLES[trouble] === "content-filter" && !trouble.startsWith("filter-"),
  likely: 1,
  proven: 3,
  title: "A service that the mail server asks while it receives mail does not answer",
  summary:
    "A filter before the queue, a milter, a policy server or a lookup table is down or slow. Clients wait for it and time out, or get a temporary error. Packet sizes on the network play no part.",
};
const QUEUE_IO: Kind = {
  code: "log-queue-io",
  owns: (trouble) => LOG_TROUBLES[trouble] === "queue-io",
  likely: 1,
  proven: 2,
  title: "The mail queue has problems with its disk or its files",
  summary: "Mail is refused or deferred until this is fixed; messages already in the queue are kept.",
};

export const findServerTroubles: LogRule = (context) =>
  [CLIENT_ERRORS, RESOURCES, CONTENT_FILTER, INPUT_FILTER, QUEUE_IO].flatMap((kind) => troubleFinding(kind, context));

function troubleFinding(kind: Kind, { statistics }: LogContext): Finding[] {
  const tallies = statistics.troubles.filter(({ trouble }) => kind.owns(trouble));
  const local = kind.code === "log-content-filter" ? statistics.peers.filter(stallsHere) : [];
  const count = tallies.reduce((sum, tally) => sum + tally.count, 0) + local.reduce((sum, { stalled }) => sum + stalled, 0);
  if (count === 0) return [];
  const evidence = new LogEvidence(statistics);
  for (const tally of tallies.toSorted((a, b) => b.count - a.count)) addTally(evidence, tally);
  for (const peer of local) addLocalPeer(evidence, peer);
  return [
    findingOfTarget({
      code: kind.code,
      confidence: confidenceOf(kind, count),
      title: kind.title,
      summary: `${countText(count, "line")} of the log ${count === 1 ? "says" : "say"} so. ${kind.summary}`,
      facts: writerFacts(statistics.writers),
      evidence: evidence.rows,
    }),
  ];
}

function confidenceOf({ likely, proven }: Kind, count: number): Confidence {
  if (count >= proven) return "proven";
  return count >= likely ? "likely" : "suspected";
}

function addTally(evidence: LogEvidence, { trouble, count, first, last, culprits, examples }: TroubleTally): void {
  const who = culprits.slice(0, 5).map(({ name, count: times }) => `${name} (${times})`);
  evidence
    .add(
      `${countText(count, "time")}: ${TROUBLE_PHRASES[trouble]}${who.length === 0 ? "" : `; most of all ${listText(who)}`}.`,
      { trouble, count, first, last, culprits },
      last,
    )
    .addLines(examples);
}

/** A filter or mailbox service on this machine that lets deliveries hang. */
function stallsHere({ reach, direction, stalls }: LogPeer): boolean {
  return reach !== "network" && direction === "outbound" && stalls.some(({ timeouts, losses }) => timeouts + losses > 0);
}

function addLocalPeer(evidence: LogEvidence, peer: LogPeer): void {
  const { stalled, sent, lastStalled, reach, stalls, examples } = peer;
  const atEnd = stalls.some(({ stage }) => isContentStage(stage)) ? ", mostly with the message under way" : "";
  evidence
    .add(
      `${countText(stalled, "delivery", "deliveries")} to ${peerLabel(peer)} on this machine stalled${atEnd}; ${sent} succeeded.`,
      { peer: peerLabel(peer), reach, stalled, sent },
      lastStalled,
    )
    .addLines(examples.stalled);
}

/** Each a clause. */
export const TROUBLE_PHRASES: Record<LogTrouble, string> = {
  "connection-count": "a client had more connections at once than it may (smtpd_client_connection_count_limit)",
  "connection-rate": "a client connected more often than it may (smtpd_client_connection_rate_limit)",
  "message-rate": "a client sent more messages than it may (smtpd_client_message_rate_limit)",
  "recipient-rate": "a client named more recipients than it may (smtpd_client_recipient_rate_limit)",
  "tls-rate": "a client began more TLS sessions than it may (smtpd_client_new_tls_session_rate_limit)",
  "auth-rate": "a client tried to log in more often than it may (smtpd_client_auth_rate_limit)",
  "server-busy": "clients were turned away because all server processes were taken",
  "too-many-errors": "a client was sent away after too many errors (smtpd_hard_error_limit)",
  "process-limit": "a service reached its process limit",
  "open-files": "no more files could be opened",
  processes: "no more processes could be started",
  sockets: "no port or socket buffer was left",
  memory: "no memory was left",
  "child-fault": "a process died or did not start, and its service was slowed down",
  "filter-unreachable": "the filter could not be reached",
  "filter-lost": "the connection to the filter was lost",
  "filter-timeout": "the filter did not answer in time",
  "filter-rejected": "the filter refused a command",
  load: "clients were refused because of the server's load",
  "input-filter-unreachable": "the filter or policy service could not be reached",
  "input-filter-lost": "the connection to the filter or policy service was lost",
  "input-filter-timeout": "the filter or policy service did not answer in time",
  "input-filter-rejected": "the filter refused a command",
  "lookup-table": "a lookup table did not answer",
  watchdog: "a process did not finish within its time limit and was ended (daemon_timeout)",
  "no-space": "the queue's disk was full",
  "low-space": "less disk was free than Postfix wants before it takes mail (1.5 times message_size_limit)",
  "write-error": "a queue file could not be written",
  "file-size-limit": "a message grew beyond the queue file size limit",
  clock: "the clocks of the file system and of the machine disagree",
  "corrupt-file": "a queue file was found corrupt and put aside",
  service: "one of Postfix's own services did not answer",
};
