/** What an alert says, in words that all channels share. Everything that comes from a peer or a log is printable already. */
import type { AlertEvent, AlertFinding, FindingCode, Severity } from "@mxray/contracts";
import type { ClaimedAlert } from "@mxray/store";

export interface AlertMessage {
  /** The same in every attempt: receivers recognise repeats by it. */
  readonly id: string;
  readonly event: AlertEvent;
  /** The same for all alerts of one finding; of a test, its own. */
  readonly key: string;
  readonly finding: AlertFinding;
  /** When the finding changed. */
  readonly at: string;
  readonly sentAt: string;
  readonly attempt: number;
  /** Titles of findings that this one explains. */
  readonly explains: readonly string[];
  /** Page of the finding. */
  readonly url: string;
}

const TEST_FINDING: AlertFinding = {
  code: "healthy",
  severity: "info",
  confidence: "proven",
  subject: { host: null, address: null, port: null },
  subjects: [{ host: null, address: null, port: null }],
  title: "Test alert",
  summary: "This is a test, sent the way real alerts are sent. No action is needed.",
  since: "",
  absorbs: [],
};

export function alertMessage(alert: ClaimedAlert, publicUrl: string, sentAt: string): AlertMessage {
  const { id, event, findingId, createdAt, attempt, explains } = alert;
  const base = publicUrl.replace(/\/$/, "");
  return {
    ...{ id, event, at: createdAt, sentAt, attempt, explains },
    key: `mxray-${findingId ?? id}`,
    finding: alert.finding ?? { ...TEST_FINDING, since: createdAt },
    url: findingId === null ? `${base}/settings` : `${base}/findings/${findingId}`,
  };
}

const EVENT_WORDS: Readonly<Record<AlertEvent, string>> = { opened: "Problem", fixed: "Fixed", reminder: "Still open", test: "Test" };

export function alertTitle({ event, finding }: AlertMessage): string {
  return `${EVENT_WORDS[event]}: ${finding.title}`;
}

/** The lines of a message for a person. */
export function alertLines({ id, event, finding, explains, url }: AlertMessage): string[] {
  const place = placeText(finding);
  return [
    finding.summary,
    ...(place === "" ? [] : [`Host: ${place}`]),
    ...(event === "test" ? [] : [`Severity: ${finding.severity} · Code: ${finding.code} · Since: ${finding.since}`]),
    ...(explains.length === 0 ? [] : [`It explains: ${explains.join("; ")}`]),
    url,
    `Alert ${id}`,
  ];
}

export function placeText({ subject: { host, address, port } }: Pick<AlertFinding, "subject">): string {
  const name = host ?? address;
  return name === null ? "" : `${name}${host !== null && address !== null ? ` (${address})` : ""}${port === null ? "" : ` port ${port}`}`;
}

/** Labels name the finding, and stay the same while it lasts. */
export function alertLabels({ key, finding, event }: AlertMessage): Record<string, string> {
  const { code, severity, subject } = finding;
  const alertname: FindingCode | "test" = event === "test" ? "test" : code;
  const level: Severity = severity;
  return {
    alertname: `mxray-${alertname}`,
    severity: level,
    code,
    finding: key,
    ...(subject.host === null ? {} : { host: subject.host }),
    ...(subject.address === null ? {} : { address: subject.address }),
  };
}

export function alertAnnotations({ id, finding, explains, url }: AlertMessage): Record<string, string> {
  const { title, summary, confidence } = finding;
  return { title, summary, confidence, url, alert_id: id, ...(explains.length === 0 ? {} : { explains: explains.join("; ") }) };
}
