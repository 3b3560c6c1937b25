/**
 * The generic webhook: a JSON object of schema `mxray.alert/1`. With a secret, `X-Mxray-Signature: t=SECONDS,v1=HEX` is the
 * HMAC-SHA256 of `SECONDS.BODY`, so that a receiver can refuse what is old or not from mxray.
 */
import { createHmac } from "node:crypto";
import type { AlertMessage } from "../alert-message.ts";
import { type AlertSender, idHeader, JSON_BODY } from "./sender.ts";

export const sendWebhook: AlertSender = async (message, channel, { call }) => {
  const body = JSON.stringify(webhookBody(message, channel.name));
  const signature =
    channel.secret === null ? {} : { "x-mxray-signature": webhookSignature(body, channel.secret, Date.parse(message.sentAt)) };
  return await call({ method: "POST", url: channel.url, headers: { ...JSON_BODY, ...idHeader(message), ...signature }, body });
};

function webhookBody({ id, event, at, sentAt, attempt, key, finding, explains, url }: AlertMessage, channel: string) {
  return { schema: "mxray.alert/1", id, event, at, sentAt, attempt, channel, finding: { id: key, ...finding, url }, explains };
}

/** @param at milliseconds since 1970 */
function webhookSignature(body: string, secret: string, at: number): string {
  const seconds = Math.floor(at / 1000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}
