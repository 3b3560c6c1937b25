/** What an admin enters for a channel becomes what is kept; and what of it is shown again. */
import {
  CHANNEL_TITLES,
  type ChannelChangeRequest,
  type ChannelRequest,
  type ChannelSummary,
  SECRET_URLS,
  type Severity,
} from "@mxray/contracts";
import type { CountedChannel, NewChannel, StoredChannel } from "@mxray/store";
import { Refusal } from "../refusal.ts";
import { refusalOfCallHost } from "./call-address.ts";

const HEARD: readonly Severity[] = ["warning", "critical"];
const NEW: Omit<NewChannel, "name" | "kind" | "url"> = {
  secret: null,
  secretFrom: null,
  from: null,
  to: [],
  severities: HEARD,
  remindHours: null,
  quiet: null,
  paused: false,
};

/** @throws Refusal `invalid-channel` */
export function channelOfRequest(request: ChannelRequest): NewChannel {
  return checked({ ...NEW, name: request.name, kind: request.kind, url: request.url, ...changeOf(request) });
}

/** @throws Refusal `invalid-channel`, also where a kept secret would be sent to another host, or in the clear */
export function channelAfter(before: StoredChannel, request: ChannelChangeRequest): NewChannel {
  const after = checked({ ...before, ...changeOf(request) });
  if (before.secret === null || request.secret !== undefined || placeOf(after) === placeOf(before)) return after;
  throw new Refusal(
    "invalid-channel",
    `The URL of the channel '${before.name}' leads to another host: give the secret again, so that it is not sent there by mistake.`,
  );
}

function placeOf({ url }: Pick<NewChannel, "url">): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** An empty secret removes it; a new one from elsewhere has no place to export. */
function changeOf({ secret, secretFrom, ...request }: ChannelChangeRequest): Partial<NewChannel> {
  const kept = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as Partial<NewChannel>;
  const name = request.name === undefined ? {} : { name: request.name.trim() };
  return { ...kept, ...name, ...(secret === undefined ? {} : { secret: secret === "" ? null : secret, secretFrom: secretFrom ?? null }) };
}

function checked(channel: NewChannel): NewChannel {
  const problem = problemOf(channel);
  if (problem !== null) throw new Refusal("invalid-channel", problem);
  const { name, kind, url, secret, secretFrom, from, to, severities, remindHours, quiet, paused } = channel;
  return { name, kind, url, secret, secretFrom, from, to, severities, remindHours, quiet, paused };
}

function problemOf({ name, kind, url, secret, from, to, quiet }: NewChannel): string | null {
  if (name === "") return "Give the channel a name.";
  if (!URL.canParse(url)) return `'${url}' is not a URL.`;
  const { protocol, hostname, username, password } = new URL(url);
  const allowed = kind === "email" ? ["smtp:", "smtps:"] : ["http:", "https:"];
  if (!allowed.includes(protocol))
    return `The URL of ${CHANNEL_TITLES[kind]} begins with ${allowed.map((one) => `${one}//`).join(" or ")}.`;
  if (hostname === "") return `'${url}' names no host.`;
  if (password !== "" || (username !== "" && kind !== "email")) return "Enter the password or token as the secret, not in the URL.";
  const refused = refusalOfCallHost(hostname);
  if (refused !== null) return refused;
  if (secret !== null && !/^[!-~]+$/.test(secret)) return "The secret has characters other than visible ASCII.";
  if ((kind === "pagerduty" || kind === "opsgenie") && secret === null) return `${CHANNEL_TITLES[kind]} needs its key as the secret.`;
  if (kind === "email" && (from === null || to.length === 0)) return "E-mail needs a sender ('from') and recipients ('to').";
  if (quiet !== null && !isTimezone(quiet.timezone)) return `'${quiet.timezone}' is not a time zone; Europe/Zurich and UTC are.`;
  return null;
}

function isTimezone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** @param monitored targets of monitors */
export function channelView(channel: CountedChannel, monitored: readonly string[]): ChannelSummary {
  const { secret, url, to, severities, ...rest } = channel;
  return {
    ...rest,
    url: shownUrl(channel),
    hasSecret: secret !== null,
    to: [...to],
    severities: [...severities],
    warnings: warningsOf(channel, monitored),
  };
}

function shownUrl({ kind, url }: StoredChannel): string {
  return SECRET_URLS.includes(kind) ? `${new URL(url).origin}/…` : url;
}

function warningsOf({ kind, url }: StoredChannel, monitored: readonly string[]): string[] {
  if (kind !== "email") return [];
  const relay = new URL(url).hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const hosts = monitored.map((target) => target.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""));
  return hosts.some((host) => relay === host || relay.endsWith(`.${host}`))
    ? [`The relay ${relay} is monitored: when it fails, this channel cannot report it.`]
    : [];
}
