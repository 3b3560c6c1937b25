/** The sender of each kind of channel. */
import type { ChannelKind } from "@mxray/contracts";
import { sendAlertmanager } from "./alertmanager.ts";
import { sendMattermost, sendSlack, sendTeams } from "./chat.ts";
import { sendEmail } from "./email.ts";
import { sendNtfy } from "./ntfy.ts";
import { sendOpsgenie } from "./opsgenie.ts";
import { sendPagerDuty } from "./pagerduty.ts";
import type { AlertSender } from "./sender.ts";
import { sendWebhook } from "./webhook.ts";
import { sendWebhookV4 } from "./webhook-v4.ts";

export const SENDERS: Readonly<Record<ChannelKind, AlertSender>> = {
  webhook: sendWebhook,
  "webhook-v4": sendWebhookV4,
  alertmanager: sendAlertmanager,
  email: sendEmail,
  ntfy: sendNtfy,
  slack: sendSlack,
  mattermost: sendMattermost,
  teams: sendTeams,
  pagerduty: sendPagerDuty,
  opsgenie: sendOpsgenie,
  // Only tests come here; the regular call is made while all is well.
  heartbeat: async (_message, { url }, { call }) => await call({ method: "GET", url }),
};
