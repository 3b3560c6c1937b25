/** What an operator wants, as YAML: agents, monitors, maintenance windows and channels. The schema refuses what it does not know. */
import { ChannelRequest, Tag, VantageName } from "@mxray/contracts/schemas";
import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { parseDocument } from "yaml";
import { ConfigError } from "../config/config-error.ts";

/** Where a server is asked to apply, and for the file. */
export const APPLY_PATH = "/api/v1/apply";
export const EXPORT_PATH = "/api/v1/monitors.yaml";

const closed = { additionalProperties: false } as const;
const Length = Type.String({ pattern: "^[1-9][0-9]{0,4}(m|h|d)$", description: "such as 15m, 2h, 1d" });

const DesiredMonitor = Type.Object(
  {
    target: Type.String({ minLength: 1, maxLength: 400 }),
    every: Type.Optional(Length),
    vantages: Type.Optional(Type.Array(VantageName, { minItems: 1, maxItems: 8, uniqueItems: true })),
    tags: Type.Optional(Type.Array(Tag, { maxItems: 20, uniqueItems: true })),
    paused: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type DesiredMonitor = Static<typeof DesiredMonitor>;

const DesiredWindow = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    targets: Type.Optional(Type.Array(Type.String())),
    tags: Type.Optional(Type.Array(Tag)),
    at: Type.Optional(Type.String({ description: "RFC 3339" })),
    cron: Type.Optional(Type.String()),
    timezone: Type.Optional(Type.String()),
    for: Length,
  },
  closed,
);
export type DesiredWindow = Static<typeof DesiredWindow>;

const DesiredAgent = Type.Object({ name: VantageName }, closed);
export type DesiredAgent = Static<typeof DesiredAgent>;

const DesiredState = Type.Object(
  {
    agents: Type.Optional(Type.Array(DesiredAgent)),
    monitors: Type.Optional(Type.Array(DesiredMonitor)),
    windows: Type.Optional(Type.Array(DesiredWindow)),
    channels: Type.Optional(Type.Array(Type.Omit(ChannelRequest, ["secretFrom"], closed))),
  },
  closed,
);
/** Secrets are named. */
export type DesiredState = Static<typeof DesiredState>;

const MOST_MONITORS = 10_000;

/** The same with its secrets read: what a server is sent. */
export const AppliedState = Type.Object(
  {
    agents: Type.Optional(Type.Array(DesiredAgent, { maxItems: 1000 })),
    monitors: Type.Optional(Type.Array(DesiredMonitor, { maxItems: MOST_MONITORS })),
    windows: Type.Optional(Type.Array(DesiredWindow, { maxItems: 1000 })),
    channels: Type.Optional(Type.Array(ChannelRequest, { maxItems: 1000 })),
  },
  closed,
);
export type AppliedState = Static<typeof AppliedState>;

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/** @throws ConfigError that names every fault of the text, each with its place */
export function desiredState(text: string, name: string): DesiredState {
  const document = parseDocument(text, { prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined) throw new ConfigError("usage", `${name} is not YAML: ${broken.message.split("\n")[0]}`);
  const value: unknown = document.toJS() ?? {};
  if (Value.Check(DesiredState, value)) return value;
  const faults = Value.Errors(DesiredState, value).map(({ instancePath, message, params }) => {
    const unknown = "additionalProperties" in params ? `: ${[params.additionalProperties].flat().join(", ")}` : "";
    return `  ${instancePath === "" ? "the file" : instancePath.slice(1).replaceAll("/", ".")} ${message}${unknown}`;
  });
  throw new ConfigError("usage", `${name} cannot be applied:\n${[...new Set(faults)].join("\n")}`);
}

/** @param length such as `15m` */
export function minutesOf(length: string): number {
  return Number(length.slice(0, -1)) * (MINUTES[length.slice(-1)] ?? Number.NaN);
}

export function lengthOf(minutes: number): string {
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
