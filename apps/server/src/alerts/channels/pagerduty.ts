/** PagerDuty, Events API v2. The secret is the routing key; the URL is `https://events.pagerduty.com/v2/enqueue` or its European one. */
import type { Severity } from "@mxray/contracts";
import { alertAnnotations, alertTitle, placeText } from "../alert-message.ts";
import { type AlertSender, JSON_BODY } from "./sender.ts";

const SEVERITY: Readonly<Record<Severity, string>> = { critical: "critical", warning: "warning", info: "info" };
const MOST_SUMMARY = 1024;

export const sendPagerDuty: AlertSender = async (message, { url, secret }, { call }) => {
  const { event, finding, key, at } = message;
  const body = {
    routing_key: secret ?? "",
    event_action: event === "fixed" ? "resolve" : "trigger",
    dedup_key: key,
    client: "mxray",
    client_url: message.url,
    payload: {
      summary: alertTitle(message).slice(0, MOST_SUMMARY),
      source: placeText(finding) || "mxray",
      severity: SEVERITY[finding.severity],
      timestamp: at,
      class: finding.code,
      custom_details: alertAnnotations(message),
    },
  };
  return await call({ method: "POST", url, headers: JSON_BODY, body: JSON.stringify(body) });
};
