/**
 * The dialogue from the greeting to message data: `greeting-refused`, `greeting-timeout`, `tarpit`, `ehlo-failed`,
 * `rejected-recipient`, `envelope-refused`, `rate-limited`, `dropped-in-data`, `protocol-error`. One finding, for the stage where it broke.
 *
 * A 421 anywhere, and a temporary refusal that speaks of rates, is `rate-limited`: the host is well and wants less of us.
 * How a host behaves at QUIT is of no interest to mail.
 */
import {
  type Confidence,
  type Finding,
  type FindingCode,
  hostLabel,
  type MailHostObservation,
  type Stage,
  type StageResult,
} from "@mxray/contracts";
import { blockListOf } from "../block-list.ts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { durationText } from "../number-text.ts";
import { middleboxEvidence } from "./middlebox-greeting.ts";
import { type HostRule, quotedReply, type RuleContext, reasonOf, stageOf } from "./rule.ts";

type DialogueStage = Extract<Stage, "greeting" | "ehlo" | "noop-ladder" | "envelope" | "data-ladder">;
const DIALOGUE: readonly DialogueStage[] = ["greeting", "ehlo", "noop-ladder", "envelope", "data-ladder"];

interface Outcome {
  readonly code: FindingCode;
  readonly confidence?: Confidence;
  readonly title: string;
  readonly summary: string;
  /** The block list that the reply names. */
  readonly list?: string;
}

export const findDialogue: HostRule = (host, context) => {
  for (const name of DIALOGUE) {
    const stage = stageOf(host, name);
    if (stage === null || stage.outcome === "ok") continue;
    const outcome = outcomeOf(name, stage, host);
    if (outcome !== null) return [toFinding(host, stage, outcome, context)];
  }
  return [];
};

function toFinding(host: MailHostObservation, stage: StageResult, outcome: Outcome, { observation }: RuleContext): Finding {
  const evidence = new EvidenceLog(observation).add(reasonOf(stage), {
    stage: stage.stage,
    cause: stage.cause,
    ms: stage.ms,
    reply: stage.reply?.text ?? null,
  });
  middleboxEvidence(evidence, host);
  return findingOfHost(host, { confidence: "proven", ...outcome, evidence: evidence.rows });
}

/** Null where this stage's trouble is another rule's, or none. */
function outcomeOf(name: DialogueStage, stage: StageResult, host: MailHostObservation): Outcome | null {
  switch (stage.cause) {
    case "reply":
      return refusal(name, stage, host);
    case "timeout":
      return silence(name, stage, host);
    case "slow":
      return {
        code: "tarpit",
        title: `${hostLabel(host)} answers ${AWAITED[name]} so slowly that senders give up`,
        summary: `Its answer comes in trickles: after ${durationText(stage.ms)} it was still not complete. Some hosts do that on purpose to hold up senders they distrust; a proxy in front of it that scans can be the cause as well.`,
      };
    case "closed":
    case "reset":
      return ended(name, stage, host);
    case "protocol":
      return {
        code: "protocol-error",
        title: `What ${hostLabel(host)} answers ${AWAITED[name]} is no SMTP`,
        summary: `Its answer does not follow the protocol, so senders cannot go on. Another service may listen on port ${host.port}, or a proxy on the way is out of step with the server behind it.`,
      };
    case "too-long":
      return {
        code: "protocol-error",
        title: `${hostLabel(host)} answers ${AWAITED[name]} without an end`,
        summary: "It sends more than any SMTP reply may have, so the probe stopped reading. Mail servers do the same.",
      };
    case "tls":
      return {
        code: "starttls-failed",
        title: `The TLS handshake with ${hostLabel(host)} fails`,
        summary: `On port ${host.port} TLS comes before the greeting, and the handshake fails.`,
      };
    default:
      return null;
  }
}

const AWAITED: Record<DialogueStage, string> = {
  greeting: "a new connection",
  ehlo: "EHLO",
  "noop-ladder": "NOOP",
  envelope: "the envelope",
  "data-ladder": "the message",
};

function refusal(name: DialogueStage, stage: StageResult, host: MailHostObservation): Outcome | null {
  const label = hostLabel(host);
  const reply = quotedReply(stage) ?? "a refusal";
  if (isRateLimit(stage)) {
    return {
      code: "rate-limited",
      title: `${label} puts us off`,
      summary: `It answered ${AWAITED[name]} with ${reply}: too many connections or commands in its eyes, or too busy. The probe left it alone from there on; try again later.`,
    };
  }
  const list = blockListOf(stage.reply?.text ?? "");
  switch (name) {
    case "greeting":
      return {
        code: "greeting-refused",
        title: list === null ? `${label} turns us away at the greeting` : `${label} rejects this machine at the greeting and names ${list}`,
        summary:
          list === null
            ? `It answered the connection with ${reply}. It either rejects every sender at this address, or rejects this machine's IP address (block list, missing reverse DNS).`
            : `It answered the connection with ${reply}. Mail from this machine's address is not accepted there until ${list} no longer lists it.`,
        ...(list === null ? {} : { list }),
      };
    case "ehlo":
      return {
        code: "ehlo-failed",
        title: `${label} refuses EHLO and HELO`,
        summary: `It answered with ${reply}. Often it dislikes the name that we give; that name must exist in the DNS and lead to this machine.`,
      };
    case "noop-ladder":
      return null;
    case "envelope":
      return list === null ? envelopeRefusal(label, reply, stage) : rejection(label, reply, stage, list);
    case "data-ladder":
      return dataRefusal(label, reply, stage, host);
  }
}

/** A refusal of the sender's address, whoever the recipient: real mail meets it as well. */
function rejection(label: string, reply: string, { reply: received }: StageResult, list: string): Outcome {
  const permanent = (received?.code ?? 0) >= 500;
  return {
    code: "rejected-recipient",
    title: `${label} rejects mail from this machine and names ${list}`,
    summary: `It answered the envelope with ${reply}. Mail from this machine's address is ${permanent ? "returned to its sender" : "kept in the queue and tried again"} until ${list} no longer lists it. How the host treats message data was not tested.`,
    list,
  };
}

function envelopeRefusal(label: string, reply: string, { reply: received }: StageResult): Outcome {
  const code = received?.code ?? 0;
  if (code === 530) {
    return {
      code: "envelope-refused",
      title: `${label} takes mail inside TLS only`,
      summary: `It answered ${reply}. Large payloads were tried inside TLS where that was possible.`,
    };
  }
  return {
    code: "envelope-refused",
    title: `${label} does not take our test envelope${code < 500 ? " now" : ""}`,
    summary: `It answered ${reply}. ${code < 500 ? "Greylisting does that to every new sender. " : ""}How it treats the data of a message could not be tested; name a recipient that it takes to test that as well.`,
  };
}

function dataRefusal(label: string, reply: string, stage: StageResult, host: MailHostObservation): Outcome | null {
  const begun = host.path.outbound.rungs.some(({ ladder }) => ladder === "data");
  if (!begun) return envelopeRefusal(label, reply, stage);
  // The size limit has its own finding.
  if (stage.reply?.code === 552) return null;
  return {
    code: "dropped-in-data",
    title: `${label} answers in the middle of the message`,
    summary: `It sent ${reply} before the message was complete. Senders take that for a failure of the delivery; a content filter or proxy in front of the server is the usual cause.`,
  };
}

function silence(name: DialogueStage, stage: StageResult, host: MailHostObservation): Outcome | null {
  const label = hostLabel(host);
  switch (name) {
    case "greeting":
      return {
        code: "greeting-timeout",
        confidence: (stage.attempts ?? 1) > 1 ? "proven" : "likely",
        title: `${label} takes the connection and says nothing`,
        summary: `No greeting came within ${durationText(stage.ms)}. Mail servers wait up to five minutes for one; a probe with a longer deadline (--deadline) waits longer and may show it. An overloaded server, one that waits for a slow DNS look-up of our address, or a firewall that inspects the session are the usual causes.`,
      };
    case "ehlo":
      return {
        code: "ehlo-failed",
        title: `${label} does not answer EHLO`,
        summary: `It greets and then falls silent (${durationText(stage.ms)}). A proxy that does not understand EHLO, or a server that waits for something else, does that.`,
      };
    case "envelope":
      return {
        code: "tarpit",
        confidence: "suspected",
        title: `${label} does not answer the envelope in time`,
        summary: `${reasonOf(stage)} It may delay senders on purpose, or wait for a slow look-up of its own.`,
      };
    case "noop-ladder":
    case "data-ladder":
      // The path's verdict speaks of lost packets and of stops.
      return null;
  }
}

function ended(name: DialogueStage, stage: StageResult, host: MailHostObservation): Outcome | null {
  const label = hostLabel(host);
  const how = stage.cause === "reset" ? "resets the connection" : "closes the connection";
  switch (name) {
    case "greeting":
      return {
        code: "greeting-refused",
        title: `${label} ${how} without a greeting`,
        summary:
          "It takes the connection and ends it without a word: it turns us away by address, is out of processes, or a firewall in front of it took the connection for a server that is down.",
      };
    case "ehlo":
      return {
        code: "ehlo-failed",
        title: `${label} ${how} at EHLO`,
        summary:
          "It greets and ends the connection as soon as we say who we are. A firewall that inspects SMTP does that, and so do servers that dislike the name given.",
      };
    case "noop-ladder":
      // Long NOOP lines are not everyone's taste; message data decide.
      return null;
    case "envelope":
      return {
        code: "protocol-error",
        title: `${label} ${how} in the middle of the dialogue`,
        summary: `${reasonOf(stage)} Senders see a lost connection and try again.`,
      };
    case "data-ladder": {
      const passed = acknowledgedPayload(host);
      return {
        code: "dropped-in-data",
        title: `${label} ${how} within the message${passed > 0 ? `, after more than ${passed} bytes` : ""}`,
        summary: `${reasonOf(stage)} Packets do arrive, so this is no path MTU black hole: a content filter, a size limit or a failing proxy on its side ends the connection.`,
      };
    }
  }
}

function acknowledgedPayload({ path }: MailHostObservation): number {
  return path.outbound.rungs
    .filter(({ unit, outcome }) => unit === "payload" && outcome === "acked")
    .reduce((sum, { size }) => sum + size, 0);
}

function isRateLimit({ reply }: StageResult): boolean {
  if (reply === null || reply.code >= 500 || reply.code < 400) return false;
  if (reply.code === 421) return true;
  return /\b(?:rate|too many|throttl|concurren|connections? limit|too fast)/i.test(reply.text);
}
