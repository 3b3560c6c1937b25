/** Local time of a zone to UTC: an IANA name such as Europe/Berlin, or a fixed offset such as +02:00. */

export interface TimeZone {
  /** As asked for. */
  readonly name: string;
  /** @param localMs the clock's reading in the zone, as if it were UTC, ms @returns UTC, ms; a reading that exists twice is taken as the later one */
  toUtc(localMs: number): number;
}

const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;

/** Null for what is neither a zone of this machine's tables nor an offset. */
export function timeZone(name: string): TimeZone | null {
  const offset = /^(?:(?:UTC|GMT)?([+-])([0-9]{2}):?([0-9]{2})?|UTC|GMT|Z)$/i.exec(name);
  if (offset !== null) {
    const [, sign, hours = "0", minutes = "0"] = offset;
    const ms = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    if (Math.abs(ms) > 14 * HOUR_MS) return null;
    return { name, toUtc: (localMs) => localMs - ms };
  }
  return namedZone(name);
}

export function machineTimeZone(): TimeZone {
  return {
    name: "local",
    toUtc: cachedByQuarter((localMs) => {
      const reading = new Date(localMs);
      const day = [reading.getUTCFullYear(), reading.getUTCMonth(), reading.getUTCDate()] as const;
      return localMs - new Date(...day, reading.getUTCHours(), reading.getUTCMinutes()).getTime();
    }),
  };
}

/** Zones change their offset at quarters of an hour. @param offsetOf of a reading at the beginning of a quarter, ms */
function cachedByQuarter(offsetOf: (localMs: number) => number): TimeZone["toUtc"] {
  let quarter = Number.NaN;
  let offset = 0;
  return (localMs) => {
    const current = Math.floor(localMs / QUARTER_MS);
    if (current !== quarter) {
      quarter = current;
      offset = offsetOf(current * QUARTER_MS);
    }
    return localMs - offset;
  };
}

function namedZone(name: string): TimeZone | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset", year: "numeric" });
  } catch {
    return null;
  }
  const offsetAt = (utcMs: number): number => {
    const text = format.formatToParts(utcMs).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
    const match = /([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?/.exec(text);
    if (match === null) return 0;
    const [, sign, hours, minutes, seconds = "0"] = match;
    return (sign === "-" ? -1000 : 1000) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds));
  };
  return { name, toUtc: cachedByQuarter((localMs) => offsetAt(localMs - offsetAt(localMs))) };
}
