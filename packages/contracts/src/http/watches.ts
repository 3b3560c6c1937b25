/** The bodies of `/api/v1/watches`: targets that are probed again and again, by themselves. */
import Type, { type Static } from "typebox";
import { Verdict } from "../finding.ts";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { PROBE_STATUSES } from "../terms/probe-terms.ts";
import { VantageName } from "./vantages.ts";

/** Groups monitors. */
export const Tag = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", description: "letters, digits and . _ -" });

/** What of a probe's request a watch repeats: never a DATA ladder, never a delivery. */
export const WatchRequest = Type.Object(
  {
    target: Type.String({ minLength: 1, maxLength: 400, description: "as for a probe; of a mail address its domain is watched" }),
    noMx: Type.Optional(Type.Boolean({ description: "watch a bare name as a host, without an MX look-up" })),
    family: Type.Optional(Type.Union([Type.Literal(4), Type.Literal(6)])),
    allAddresses: Type.Optional(Type.Boolean({ description: "path search on every address" })),
    vantage: Type.Optional(Type.Unsafe<string>({ ...VantageName, description: "default `local`; each has a monitor of its own" })),
    everyMinutes: Type.Optional(
      Nullable(Type.Integer({ minimum: 1, maximum: 10_080, description: "between two rounds; null: the default interval" })),
    ),
    tags: Type.Optional(Type.Array(Tag, { maxItems: 20, uniqueItems: true })),
    paused: Type.Optional(Type.Boolean({ description: "no rounds until it is resumed" })),
  },
  { additionalProperties: false },
);
export type WatchRequest = Static<typeof WatchRequest>;

/** One probe of a watch that has ended. */
export const WatchRound = Type.Object({
  probeId: Type.String(),
  at: Timestamp,
  status: OneOf(PROBE_STATUSES),
  verdict: Nullable(Verdict),
});
export type WatchRound = Static<typeof WatchRound>;

/** What a round said of findings that rest on one connection, by their identity and address. */
export interface RoundMemory {
  readonly shown: readonly string[];
  readonly gone: readonly string[];
}

export const Watch = Type.Object({
  id: Type.String(),
  target: Type.String({ description: "canonical; `host:25` where the MX records are not asked" }),
  vantage: VantageName,
  createdAt: Timestamp,
  /** When the next round begins, if nothing is in the way. */
  dueAt: Timestamp,
  everyMinutes: Type.Number({ description: "between two rounds, give or take a tenth; more than configured while the host refuses us" }),
  ownMinutes: Nullable(Type.Integer({ description: "its own interval; null: the default interval" })),
  tags: Type.Array(Type.String()),
  paused: Type.Boolean(),
  refusals: Type.Integer({ description: "rounds in a row that met 421 or 554" }),
  trouble: Nullable(Type.String({ description: "why the last round could not begin" })),
  probing: Type.Boolean({ description: "a round waits or runs" }),
  /** Since when its rounds say what the last one says; null before the first. */
  sinceAt: Nullable(Timestamp),
  rounds: Type.Array(WatchRound, { description: "the newest first, at most 24" }),
});
export type Watch = Static<typeof Watch>;

export const WatchList = Type.Object({
  watches: Type.Array(Watch, { description: "by target" }),
  everyMinutes: Type.Number({ description: "as configured" }),
});
export type WatchList = Static<typeof WatchList>;

/** No rounds begin while it lasts; those that run end. It covers the monitors of these targets and those with one of these tags. */
export const Maintenance = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, pattern: "^[^\\p{C}/]+$" }),
    targets: Type.Array(Type.String({ minLength: 1, maxLength: 400 }), { maxItems: 1000 }),
    tags: Type.Array(Tag, { maxItems: 20 }),
    beginsAt: Nullable(Type.String({ format: "date-time", description: "once; null where `cron` says when" })),
    cron: Nullable(Type.String({ maxLength: 100, description: "five fields, such as 0 2 * * 2" })),
    timezone: Type.String({ maxLength: 64, description: "of `cron`; IANA name" }),
    minutes: Type.Integer({ minimum: 1, maximum: 44_640, description: "how long it lasts" }),
  },
  { additionalProperties: false },
);
export type Maintenance = Static<typeof Maintenance>;

export const MaintenanceList = Type.Object({ windows: Type.Array(Maintenance, { description: "by name" }) });
export type MaintenanceList = Static<typeof MaintenanceList>;
