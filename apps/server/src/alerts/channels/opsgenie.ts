/** Opsgenie, Alert API v2. The secret is the API key; the URL is `https://api.opsgenie.com/v2/alerts` or its European one. */
import type { Severity } from "@mxray/contracts";
import { alertAnnotations, alertLines, alertTitle } from "../alert-message.ts";
import { type AlertSender, JSON_BODY } from "./sender.ts";

const PRIORITY: Readonly<Record<Severity, string>> = { critical: "P1", warning: "P3", info: "P5" };
const MOST_MESSAGE = 130;

export const sendOpsgenie: AlertSender = async (message, { url, secret }, { call }) => {
  const { key, event, finding } = message;
  const alerts = url.replace(/\/+$/, "");
  const headers = { ...JSON_BODY, authorization: `GenieKey ${secret ?? ""}` };
  if (event === "fixed") {
    const body = JSON.stringify({ source: "mxray", note: alertTitle(message) });
    return await call({ method: "POST", url: `${alerts}/${encodeURIComponent(key)}/close?identifierType=alias`, headers, body });
  }
  const body = {
    message: alertTitle(message).slice(0, MOST_MESSAGE),
    alias: key,
    description: alertLines(message).join("\n"),
    source: "mxray",
    priority: PRIORITY[finding.severity],
    details: alertAnnotations(message),
  };
  return await call({ method: "POST", url: alerts, headers, body: JSON.stringify(body) });
};
