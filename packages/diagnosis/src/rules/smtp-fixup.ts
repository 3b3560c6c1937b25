/**
 * A firewall that rewrites SMTP (Cisco "fixup protocol smtp", "inspect esmtp", or alike): `smtp-fixup`. All signs go into
 * one finding that names the likely generation. A fully masked greeting or masked keywords are enough by themselves; a
 * partly masked greeting, a lost long command or an MSS of 1380 count only together with others.
 *
 * That a greeting is masked does not prove that mail is harmed, and a masked STARTTLS does not prove that TLS is missing.
 */
import { type Confidence, type GreetingMask, hostLabel, type MailHostObservation } from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { countText, listText } from "../number-text.ts";
import { middleboxEvidence } from "./middlebox-greeting.ts";
import { type HostRule, stageOf } from "./rule.ts";

/** The MSS that an ASA clamps to by default (`sysopt connection tcpmss`), bytes. */
const ASA_MSS = 1380;
/** Characters of STARTTLS, which an ASA overwrites in place. */
const STARTTLS_LENGTH = "STARTTLS".length;

type SignKind = "mask" | "partial-mask" | "ehlo-refused" | "keywords" | "long-command" | "mss";

interface Sign {
  readonly kind: SignKind;
  readonly text: string;
  readonly data: Record<string, unknown>;
}

type Generation = "pix-4" | "pix-6" | "asa" | "unknown";

export const findSmtpFixup: HostRule = (host, { observation }) => {
  const signs = signsOf(host);
  const confidence = confidenceOf(signs);
  if (confidence === null) return [];
  const generation = generationOf(host);
  const evidence = new EvidenceLog(observation);
  for (const { text, data } of signs) evidence.add(text, data);
  evidence.addIf(startTlsSentence(host));
  middleboxEvidence(evidence, host);
  return [
    findingOfHost(host, {
      code: "smtp-fixup",
      confidence,
      title: `A firewall rewrites the SMTP sessions of ${hostLabel(host)}`,
      summary: `${countText(signs.length, "sign")}: ${listText(signs.map(({ kind }) => SIGN_NAMES[kind]))}. ${GENERATIONS[generation].sentence} ${GENERATIONS[generation].harm}`,
      evidence: evidence.rows,
    }),
  ];
};

const SIGN_NAMES: Record<SignKind, string> = {
  mask: "the masked greeting",
  "partial-mask": "the partly masked greeting",
  "ehlo-refused": "EHLO refused",
  keywords: "EHLO keywords masked",
  "long-command": "long commands lost",
  mss: `a segment size of ${ASA_MSS}`,
};

const GENERATIONS: Record<Generation, { readonly sentence: string; readonly harm: string }> = {
  "pix-4": {
    sentence: "A greeting of asterisks alone, reply code included, is what a Cisco PIX before release 5.1 makes of it.",
    harm: "It allows HELO and the basic commands only, so there is no TLS and no SIZE, and releases of that age lose an end of message that comes in two packets.",
  },
  "pix-6": {
    sentence: "Asterisks with only 2, 0 and blanks left are what a Cisco PIX 5.1 to 6.x with `fixup protocol smtp` makes of a greeting.",
    harm: "It allows HELO and the basic commands only, so there is no TLS and no SIZE, and releases before 5.2(4) and 6.0(1) lose an end of message that comes in two packets.",
  },
  asa: {
    sentence:
      "`220` and asterisks, or EHLO keywords turned into X's, are what a Cisco ASA or a PIX from release 7 with `inspect esmtp` makes of a session.",
    harm: "By default it hides STARTTLS and drops commands over 512 bytes and messages with header lines over 998 bytes.",
  },
  unknown: {
    sentence: "This does not identify the device.",
    harm: "Such inspection usually hides STARTTLS and other extensions.",
  },
};

function signsOf(host: MailHostObservation): Sign[] {
  const { greeting, ehlo, path } = host;
  const signs: Sign[] = [];
  const masked = greeting.mask === "pix" || greeting.mask === "full";
  if (greeting.mask !== "none") {
    signs.push({
      kind: masked ? "mask" : "partial-mask",
      text: `The greeting is ${MASKS[greeting.mask]}: '${shortened(greeting.text ?? "")}'.`,
      data: { mask: greeting.mask, greeting: greeting.text },
    });
  }
  if (ehlo.refused && greeting.mask !== "none") {
    signs.push({ kind: "ehlo-refused", text: "EHLO was refused after that greeting; HELO was used instead.", data: { ehlo: "refused" } });
  }
  if (ehlo.masked.length > 0) {
    signs.push({
      kind: "keywords",
      text: `${countText(ehlo.masked.length, "EHLO keyword")} ${ehlo.masked.length === 1 ? "is" : "are"} masked with X's: ${ehlo.masked.slice(0, 10).join(", ")}.`,
      data: { masked: ehlo.masked },
    });
  }
  if (losesLongCommands(host)) {
    signs.push({
      kind: "long-command",
      text: "Command lines of more than 512 bytes get lost, while message data of the same size arrive.",
      data: {},
    });
  }
  if (path.mss.peer === ASA_MSS) {
    signs.push({
      kind: "mss",
      text: `The host asks for segments of ${ASA_MSS} bytes, which is what an ASA sets by default.`,
      data: { mss: ASA_MSS },
    });
  }
  return signs;
}

/** Null where the signs do not make a finding. */
function confidenceOf(signs: readonly Sign[]): Confidence | null {
  const has = (kind: SignKind) => signs.some((sign) => sign.kind === kind);
  const rewriting = has("keywords") || has("ehlo-refused") || has("long-command");
  if (has("mask")) return rewriting ? "proven" : "likely";
  if (has("keywords")) return signs.length > 1 ? "proven" : "likely";
  if (has("partial-mask")) return signs.length > 1 ? "likely" : null;
  // A lost long command and an MSS of 1380: two things that an ASA does, and others too.
  return has("long-command") && has("mss") ? "suspected" : null;
}

function generationOf({ greeting, ehlo }: MailHostObservation): Generation {
  if (ehlo.masked.length > 0) return "asa";
  const text = greeting.text ?? "";
  if (/^\*/.test(text)) return "pix-4";
  if (/^220[ -]?\*+\s*$/.test(text)) return ehlo.refused ? "pix-6" : "asa";
  if (greeting.mask === "pix") return "pix-6";
  return "unknown";
}

/** Long NOOP lines stalled or ended the connection although the path itself is in order. */
function losesLongCommands(host: MailHostObservation): boolean {
  const noops = stageOf(host, "noop-ladder");
  const bad = noops?.outcome === "stalled" || noops?.outcome === "failed";
  const open = host.path.outbound.verdict === "clear" || host.path.outbound.verdict === "pmtud-works";
  return bad && open && noops.cause !== "deadline" && noops.cause !== "cancelled";
}

/** STARTTLS overwritten in place among the keywords. */
export function masksStartTls({ ehlo }: MailHostObservation): boolean {
  return ehlo.masked.some((keyword) => keyword.split(" ")[0]?.length === STARTTLS_LENGTH);
}

function startTlsSentence(host: MailHostObservation): string | null {
  const { tls } = host;
  if (tls === null || !tls.attempted || tls.offered) return null;
  if (stageOf(host, "starttls")?.outcome === "ok") {
    return "STARTTLS is not legible among the keywords and works all the same when it is sent.";
  }
  return "STARTTLS is not legible among the keywords, and sent all the same it does not work.";
}

const MASKS: Record<Exclude<GreetingMask, "none">, string> = {
  pix: "masked: nothing but 2, 0, blanks and asterisks",
  full: "masked altogether: nothing but asterisks",
  partial: "partly masked, with a long run of asterisks",
};

function shortened(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
