/** ntfy: the URL is that of the topic; the secret is an access token. */
import type { AlertEvent, Severity } from "@mxray/contracts";
import { alertLines, alertTitle } from "../alert-message.ts";
import { type AlertSender, idHeader } from "./sender.ts";

const PRIORITY: Readonly<Record<Severity, string>> = { critical: "5", warning: "4", info: "3" };
const TAGS: Readonly<Record<AlertEvent, string>> = {
  opened: "rotating_light",
  reminder: "bell",
  fixed: "white_check_mark",
  test: "test_tube",
};

export const sendNtfy: AlertSender = async (message, { url, secret }, { call }) => {
  const { event, finding } = message;
  const headers = {
    ...idHeader(message),
    "content-type": "text/plain; charset=utf-8",
    title: headerText(alertTitle(message)),
    priority: event === "fixed" || event === "test" ? "3" : PRIORITY[finding.severity],
    tags: TAGS[event],
    click: message.url,
    ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
  };
  return await call({ method: "POST", url, headers, body: alertLines(message).join("\n") });
};

/** Headers are ASCII; ntfy reads RFC 2047. */
function headerText(text: string): string {
  return /^[ -~]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
}
