/** The bodies of `/api/v1/settings` and `/api/v1/about`: what can be changed while the server runs, and what it is. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { SETTING_NAMES, type SettingName } from "../terms/setting-terms.ts";

/** Values are text in the form of the setting's environment variable, lists with blanks, commas or line ends between. */
const SettingText = Type.String({ maxLength: 20_000 });

export const Setting = Type.Object({
  name: OneOf(SETTING_NAMES),
  variable: Type.String({ description: "the environment variable of the same meaning, which wins" }),
  value: Type.String({ description: "what was saved here, else what holds without it" }),
  saved: Type.Boolean({ description: "it was saved here and is no default" }),
  changedAt: Nullable(Timestamp),
  environment: Nullable(Type.String({ description: "what the environment says" })),
  /** Where the environment says something only a list that forbids can be added to. */
  editable: Type.Boolean(),
  fallback: Type.String({ description: "the default" }),
  problem: Nullable(Type.String({ description: "why what was saved is not used: one sentence" })),
});
export type Setting = Static<typeof Setting>;

export const SettingList = Type.Object({ settings: Type.Array(Setting) });
export type SettingList = Static<typeof SettingList>;

/** What to change; null goes back to the default. All of it is accepted or nothing. */
export const SettingsChange = Type.Unsafe<Partial<Record<SettingName, string | null>>>(
  Type.Object(Object.fromEntries(SETTING_NAMES.map((name) => [name, Type.Optional(Nullable(SettingText))])), {
    additionalProperties: false,
  }),
);
export type SettingsChange = Static<typeof SettingsChange>;

/** `details` of the error `invalid-setting`: a sentence for each. */
export const SettingProblem = Type.Object({ name: OneOf(SETTING_NAMES), message: Type.String() });
export type SettingProblem = Static<typeof SettingProblem>;

/** A setting that wants a restart. */
export const StartSetting = Type.Object({
  variable: Type.String(),
  option: Nullable(Type.String({ description: "of `mxray serve`" })),
  value: Type.String(),
});
export type StartSetting = Static<typeof StartSetting>;

/** What the local vantage can see of a path, found out by trying. */
export const VantageAbilities = Type.Object({
  platform: Type.String(),
  /** Null where the kernel can be asked at all. */
  kernelMissing: Nullable(Type.String()),
  tcpInfo: Type.Boolean({ description: "what became of each segment (TCP_INFO)" }),
  icmpErrors: Type.Boolean({ description: "ICMP errors reach a socket without root (IP_RECVERR), so hops can be searched" }),
  tcpMtuProbing: Nullable(
    Type.Integer({ description: "net.ipv4.tcp_mtu_probing: 1 and 2 hide a black hole from this machine's own mail" }),
  ),
  interfaces: Type.Array(Type.Object({ name: Type.String(), mtu: Type.Integer({ description: "bytes of the whole IP packet" }) })),
});
export type VantageAbilities = Static<typeof VantageAbilities>;

export const ServerAbout = Type.Object({
  version: Type.String(),
  node: Type.String(),
  host: Type.String(),
  startedAt: Timestamp,
  licence: Type.String(),
  store: Type.Object({
    location: Type.String(),
    bytes: Type.Integer(),
    probes: Type.Integer(),
    oldestProbeAt: Nullable(Timestamp),
  }),
  vantage: VantageAbilities,
  settings: Type.Array(StartSetting),
});
export type ServerAbout = Static<typeof ServerAbout>;
