/** Alerts: where they go, what they report, and how far each has come. */

export const CHANNEL_KINDS = [
  "webhook",
  "webhook-v4",
  "alertmanager",
  "email",
  "ntfy",
  "slack",
  "mattermost",
  "teams",
  "pagerduty",
  "opsgenie",
  "heartbeat",
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export const CHANNEL_TITLES: Readonly<Record<ChannelKind, string>> = {
  webhook: "Webhook",
  "webhook-v4": "Webhook, Alertmanager format (version 4)",
  alertmanager: "Prometheus Alertmanager",
  email: "E-mail",
  ntfy: "ntfy",
  slack: "Slack",
  mattermost: "Mattermost",
  teams: "Microsoft Teams",
  pagerduty: "PagerDuty",
  opsgenie: "Opsgenie",
  heartbeat: "Heartbeat",
};

/** Channels whose URL alone lets the caller post: it is shown without its path. */
export const SECRET_URLS: readonly ChannelKind[] = ["slack", "mattermost", "teams", "heartbeat"];

/** Reminder: the finding is still open. Test: somebody pressed the button. */
export const ALERT_EVENTS = ["opened", "fixed", "reminder", "test"] as const;
export type AlertEvent = (typeof ALERT_EVENTS)[number];

/** Failed: no attempt succeeded for a day. Dropped: not sent, since it no longer applied before the first attempt. */
export const ALERT_STATES = ["waiting", "sending", "delivered", "failed", "dropped"] as const;
export type AlertState = (typeof ALERT_STATES)[number];
