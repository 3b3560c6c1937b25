/** What the page calls the parts of channels and alerts. */
import type { AlertEvent, AlertState, ChannelKind } from "@mxray/contracts";
import type { Tone } from "../../format/words.ts";

export const EVENT_WORDS: Readonly<Record<AlertEvent, string>> = {
  opened: "Problem",
  fixed: "Fixed",
  reminder: "Reminder",
  test: "Test",
};

export const STATE_WORDS: Readonly<Record<AlertState, string>> = {
  waiting: "waiting",
  sending: "sending",
  delivered: "delivered",
  failed: "failed",
  dropped: "not sent",
};

export const STATE_TONES: Readonly<Record<AlertState, Tone>> = {
  waiting: "warn",
  sending: "info",
  delivered: "ok",
  failed: "bad",
  dropped: "info",
};

/** What goes into the field of the URL. */
export const URL_EXAMPLES: Readonly<Record<ChannelKind, string>> = {
  webhook: "https://hooks.example.com/mxray",
  "webhook-v4": "https://hooks.example.com/alertmanager",
  alertmanager: "http://alertmanager.example.com:9093",
  email: "smtp://relay.example.com:25",
  ntfy: "https://ntfy.sh/my-topic",
  slack: "https://hooks.slack.com/services/…",
  mattermost: "https://chat.example.com/hooks/…",
  teams: "https://….webhook.office.com/…",
  pagerduty: "https://events.pagerduty.com/v2/enqueue",
  opsgenie: "https://api.opsgenie.com/v2/alerts",
  heartbeat: "https://hc-ping.com/…",
};

/** What the secret is; null where a channel has none. */
export const SECRET_WORDS: Readonly<Record<ChannelKind, string | null>> = {
  webhook: "Key of the signature (optional)",
  "webhook-v4": "Bearer token (optional)",
  alertmanager: "Bearer token (optional)",
  email: "Password (optional)",
  ntfy: "Access token (optional)",
  slack: null,
  mattermost: null,
  teams: null,
  pagerduty: "Routing key",
  opsgenie: "API key",
  heartbeat: null,
};
