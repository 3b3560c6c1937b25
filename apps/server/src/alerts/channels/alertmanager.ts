/**
 * Prometheus Alertmanager, by its API v2. It takes an alert for resolved when its end has passed, so what is open is posted again
 * before that. It recognises an alert by its labels. The secret is a bearer token.
 */
import type { ReportedFinding, StoredChannel } from "@mxray/store";
import { type AlertMessage, alertAnnotations, alertLabels, alertMessage } from "../alert-message.ts";
import { type AlertSender, JSON_BODY, type SendDeps } from "./sender.ts";

/** An alert ends so long after it was posted, unless it is posted again: several calls may be lost. */
const LASTS_MS = 300_000;

export const sendAlertmanager: AlertSender = async (message, channel, deps) => await post([alertOf(message)], channel, deps);

/** Posts again what is open. @throws CallTrouble */
export async function refreshAlertmanager(reported: readonly ReportedFinding[], channel: StoredChannel, deps: SendDeps): Promise<string> {
  const sentAt = new Date().toISOString();
  const alerts = reported.map((one) => {
    const claimed = { ...one, number: 0, channel, event: "reminder" as const, attempt: 1, explains: [] };
    return alertOf(alertMessage(claimed, deps.publicUrl, sentAt));
  });
  return await post(alerts, channel, deps);
}

function alertOf(message: AlertMessage) {
  const { event, finding, at, sentAt, url } = message;
  const { alert_id: _id, explains: _explains, ...annotations } = alertAnnotations(message);
  const end = event === "fixed" ? Date.parse(at) : Date.parse(sentAt) + LASTS_MS;
  const endsAt = new Date(end).toISOString();
  // Alertmanager refuses an alert that ends before it begins.
  const startsAt = new Date(Math.min(Date.parse(finding.since), end)).toISOString();
  return { labels: alertLabels(message), annotations, startsAt, endsAt, generatorURL: url };
}

async function post(alerts: readonly object[], { url, secret }: StoredChannel, { call }: SendDeps): Promise<string> {
  const authorization = secret === null ? {} : { authorization: `Bearer ${secret}` };
  const api = `${url.replace(/\/+$/, "").replace(/\/api\/v2\/alerts$/, "")}/api/v2/alerts`;
  return await call({ method: "POST", url: api, headers: { ...JSON_BODY, ...authorization }, body: JSON.stringify(alerts) });
}
