/** Each setting that can be changed while the server runs: its variable, its default, and what its text means. */
import { LOG_PROBING, type LogProbing, SETTING_NAMES, type SettingName } from "@mxray/contracts";
import { readAll } from "./read-all.ts";
import { contactOf, type DoNotProbe, doNotProbeOf, hostNameOf, type Network, networksOf, numberOf, oneOf, portsOf } from "./text-values.ts";

const MAIL_PORTS = [25, 465, 587, 2525];

export interface SettingValues {
  readonly doNotProbe: DoNotProbe;
  /** Networks that may be probed although they are private, loopback or otherwise not public. */
  readonly allowTargets: readonly Network[];
  readonly allowPorts: readonly number[];
  /** In EHLO; undefined means this machine's name. */
  readonly helo: string | undefined;
  readonly contact: string | undefined;
  readonly logProbing: LogProbing;
  /** Between two rounds of a watch. */
  readonly watchMinutes: number;
  /** Targets that may be watched. */
  readonly mostMonitors: number;
  /** Days of logs that findings are based on. */
  readonly logDays: number;
  /** Days for which lines that tell of trouble are kept. */
  readonly logEventDays: number;
  /** Days for which probes are kept on which nothing rests. */
  readonly probeDays: number;
  /** Days for which the audit keeps what was done. */
  readonly auditDays: number;
}

interface Definition<T> {
  readonly variable: string;
  readonly fallback: string;
  /** A list that only forbids: what the page says is added to what the environment says. */
  readonly adds?: true;
  /** @throws ConfigError with a sentence that begins with `setting` */
  readonly parse: (text: string, setting: string) => T;
}

export const SETTINGS: { readonly [N in SettingName]: Definition<SettingValues[N]> } = {
  doNotProbe: { variable: "MXRAY_DO_NOT_PROBE", fallback: "", adds: true, parse: (text, setting) => doNotProbeOf(setting, text) },
  allowTargets: { variable: "MXRAY_ALLOW_TARGETS", fallback: "", parse: (text, setting) => networksOf(setting, text) },
  allowPorts: {
    variable: "MXRAY_ALLOW_PORTS",
    fallback: "",
    parse: (text, setting) => [...new Set([...MAIL_PORTS, ...portsOf(setting, text)])],
  },
  helo: { variable: "MXRAY_HELO", fallback: "", parse: (text, setting) => (text === "" ? undefined : hostNameOf(setting, text)) },
  contact: { variable: "MXRAY_CONTACT", fallback: "", parse: (text, setting) => (text === "" ? undefined : contactOf(setting, text)) },
  logProbing: { variable: "MXRAY_LOG_PROBING", fallback: "ask", parse: (text, setting) => oneOf(setting, text, LOG_PROBING) },
  watchMinutes: { variable: "MXRAY_WATCH_MINUTES", fallback: "15", parse: (text, setting) => numberOf(setting, text, 1, 1440) },
  mostMonitors: { variable: "MXRAY_MOST_MONITORS", fallback: "1000", parse: (text, setting) => numberOf(setting, text, 1, 10_000) },
  logDays: { variable: "MXRAY_LOG_DAYS", fallback: "7", parse: (text, setting) => numberOf(setting, text, 1, 90) },
  logEventDays: { variable: "MXRAY_LOG_EVENT_DAYS", fallback: "30", parse: (text, setting) => numberOf(setting, text, 1, 400) },
  probeDays: { variable: "MXRAY_PROBE_DAYS", fallback: "365", parse: (text, setting) => numberOf(setting, text, 1, 3650) },
  auditDays: { variable: "MXRAY_AUDIT_DAYS", fallback: "365", parse: (text, setting) => numberOf(setting, text, 1, 3650) },
};

export type SettingTexts = Readonly<Partial<Record<SettingName, string>>>;

/**
 * What the environment says about them.
 *
 * @throws ConfigError with one line for each text that makes no sense
 */
export function settingsOfEnvironment(env: Readonly<Record<string, string | undefined>>): SettingTexts {
  const given = SETTING_NAMES.filter((name) => env[SETTINGS[name].variable]);
  return readAll(
    Object.fromEntries(
      given.map((name) => [
        name,
        () => {
          const { variable, parse } = SETTINGS[name];
          const text = env[variable] ?? "";
          parse(text, variable);
          return text;
        },
      ]),
    ),
  );
}
