/** The body that Alertmanager posts to webhooks (version 4), for receivers that understand it already. The secret is a bearer token. */
import { type AlertMessage, alertAnnotations, alertLabels } from "../alert-message.ts";
import { type AlertSender, idHeader, JSON_BODY } from "./sender.ts";

export const sendWebhookV4: AlertSender = async (message, { name, url, secret }, { call, publicUrl }) => {
  const authorization = secret === null ? {} : { authorization: `Bearer ${secret}` };
  const body = JSON.stringify(webhookV4Body(message, name, publicUrl));
  return await call({ method: "POST", url, headers: { ...JSON_BODY, ...idHeader(message), ...authorization }, body });
};

function webhookV4Body(message: AlertMessage, receiver: string, externalURL: string) {
  const labels = alertLabels(message);
  const annotations = alertAnnotations(message);
  const isFixed = message.event === "fixed";
  const status = isFixed ? "resolved" : "firing";
  const alert = {
    ...{ status, labels, annotations, startsAt: message.finding.since, endsAt: isFixed ? message.at : "0001-01-01T00:00:00Z" },
    ...{ generatorURL: message.url, fingerprint: message.key },
  };
  return {
    version: "4",
    groupKey: message.key,
    truncatedAlerts: 0,
    ...{ status, receiver, groupLabels: { finding: message.key }, commonLabels: labels, commonAnnotations: annotations, externalURL },
    alerts: [alert],
  };
}
