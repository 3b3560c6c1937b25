/** Chats with an incoming webhook: Slack, Mattermost and Microsoft Teams. Their URL is the secret. */
import { alertLines, alertTitle } from "../alert-message.ts";
import { type AlertSender, idHeader, JSON_BODY } from "./sender.ts";

export const sendSlack: AlertSender = async (message, { url }, { call }) => {
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const text = `*${escaped(alertTitle(message))}*\n${escaped(alertLines(message).join("\n"))}`;
  return await call({ method: "POST", url, headers: { ...JSON_BODY, ...idHeader(message) }, body: JSON.stringify({ text }) });
};

export const sendMattermost: AlertSender = async (message, { url }, { call }) => {
  const lines = alertLines(message).map(plainMarkdown);
  const text = `**${plainMarkdown(alertTitle(message))}**\n${lines.join("\n")}`;
  return await call({ method: "POST", url, headers: { ...JSON_BODY, ...idHeader(message) }, body: JSON.stringify({ text }) });
};

export const sendTeams: AlertSender = async (message, { url }, { call }) => {
  const block = (text: string, over: object = {}) => ({ type: "TextBlock", text: plainMarkdown(text), wrap: true, ...over });
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [block(alertTitle(message), { weight: "bolder", size: "medium" }), ...alertLines(message).map((line) => block(line))],
    actions: [{ type: "Action.OpenUrl", title: "Open in mxray", url: message.url }],
  };
  const body = JSON.stringify({
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  });
  return await call({ method: "POST", url, headers: { ...JSON_BODY, ...idHeader(message) }, body });
};

/** Names and replies come from other hosts: they mention nobody and format nothing. */
function plainMarkdown(text: string): string {
  return /^https?:/.test(text) ? text : text.replace(/[\\`*_{}[\]()#+!|~>@]/g, "\\$&");
}
