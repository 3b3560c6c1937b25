/** The store's agents, monitors, windows and channels as YAML that `mxray apply` reads. Secrets are named, never written. */
import { SECRET_URLS } from "@mxray/contracts";
import type { Store, StoredChannel } from "@mxray/store";
import { stringify } from "yaml";
import { lengthOf } from "./desired.ts";

export async function exportText(store: Store): Promise<string> {
  const [monitors, windows, channels] = [await store.watches.list(), await store.maintenance.list(), await store.channels.list()];
  const agents = (await store.agents.list()).filter(({ revokedAt }) => revokedAt === null);
  return stringify({
    agents: agents.map(({ name }) => ({ name })),
    monitors: monitors.map(({ target, vantage, everyMinutes, tags, paused }) => ({
      target,
      ...(everyMinutes === null ? {} : { every: lengthOf(everyMinutes) }),
      vantages: [vantage],
      tags,
      paused,
    })),
    windows: windows.map(({ name, targets, tags, beginsAt, cron, timezone, minutes }) => ({
      name,
      targets,
      tags,
      ...(beginsAt === null ? {} : { at: beginsAt }),
      ...(cron === null ? {} : { cron }),
      timezone,
      for: lengthOf(minutes),
    })),
    channels: channels.map(exportedChannel),
  });
}

function exportedChannel({ name, kind, url, secret, secretFrom, from, to, severities, remindHours, quiet, paused }: StoredChannel) {
  return {
    name,
    kind,
    url: SECRET_URLS.includes(kind) ? `\${${variableOf(name)}_URL}` : url,
    ...(secret === null ? {} : { secret: secretFrom ?? `\${${variableOf(name)}_SECRET}` }),
    ...(from === null ? {} : { from }),
    ...(to.length === 0 ? {} : { to }),
    ...{ severities, remindHours, quiet, paused },
  };
}

function variableOf(name: string): string {
  return `${name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^(?=[0-9])/, "_")}`;
}
