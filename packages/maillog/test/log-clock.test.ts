import { expect, test } from "vitest";
import { LogClock, machineTimeZone, timeZone } from "../src/index.ts";

const zoneOf = (name: string) => {
  const zone = timeZone(name);
  if (zone === null) throw new Error(`${name} is no zone.`);
  return zone;
};
const clockAt = (now: string, zone = "UTC", year: number | null = null) =>
  new LogClock({ zone: zoneOf(zone), year, now: () => Date.parse(now) });
const text = (ms: number) => (Number.isNaN(ms) ? null : new Date(ms).toISOString());

test.each([
  ["2026-11-26T12:00:00Z", 11, 26, 43_200, "2026-11-26T12:00:00.000Z"],
  ["2026-11-26T12:00:00Z", 11, 26, 46_800, "2025-11-26T13:00:00.000Z"],
  ["2026-11-26T12:00:00Z", 11, 27, 0, "2025-11-27T00:00:00.000Z"],
  ["2027-01-01T00:00:05Z", 12, 31, 86_399, "2026-12-31T23:59:59.000Z"],
  ["2027-01-01T00:00:05Z", 1, 1, 1, "2027-01-01T00:00:01.000Z"],
  // The writer's clock may be a little ahead.
  ["2026-12-31T23:59:59Z", 1, 1, 1, "2027-01-01T00:00:01.000Z"],
  ["2026-11-26T12:00:00Z", 2, 29, 0, "2024-02-29T00:00:00.000Z"],
  ["2026-11-26T12:00:00Z", 2, 30, 0, null],
  ["2026-11-26T12:00:00Z", 13, 1, 0, null],
] as const)("read at %s, %i/%i second %i is the most recent past: %s", (now, month, day, second, expected) => {
  const clock = clockAt(now);
  expect(text(clock.yearless(month, day, second))).toBe(expected);
  expect(text(clock.yearless(month, day, second)), "and again").toBe(expected);
});

test("a given year is taken as it is", () => {
  expect(text(clockAt("2026-11-26T12:00:00Z", "UTC", 2019).yearless(12, 31, 0))).toBe("2019-12-31T00:00:00.000Z");
  expect(text(clockAt("2026-11-26T12:00:00Z", "UTC", 2019).yearless(2, 29, 0))).toBe(null);
});

test.each([
  ["Europe/Berlin", [2026, 1, 15], "2026-01-15T11:00:00.000Z"],
  ["Europe/Berlin", [2026, 7, 15], "2026-07-15T10:00:00.000Z"],
  ["Asia/Kolkata", [2026, 7, 15], "2026-07-15T06:30:00.000Z"],
  ["America/St_Johns", [2026, 1, 15], "2026-01-15T15:30:00.000Z"],
  ["+02:00", [2026, 1, 15], "2026-01-15T10:00:00.000Z"],
  ["-0330", [2026, 1, 15], "2026-01-15T15:30:00.000Z"],
  ["UTC+5", [2026, 1, 15], null],
  ["UTC", [2026, 1, 15], "2026-01-15T12:00:00.000Z"],
] as const)("noon in %s on %j", (name, [year, month, day], expected) => {
  const zone = timeZone(name);
  expect(zone === null ? null : text(new LogClock({ zone, year: null, now: Date.now }).dated(year, month, day, 43_200))).toBe(expected);
});

test.each(["Mars/Olympus", "+99:00", "", "Europe/Berlin; rm -rf"])("%j is no zone", (name) => {
  expect(timeZone(name)).toBeNull();
});

test("changes over with the clocks: an hour that is missing, an hour that comes twice", () => {
  const zone = zoneOf("Europe/Berlin");
  const at = (local: string) => text(zone.toUtc(Date.parse(`${local}Z`)));
  expect(at("2026-03-29T01:59:59")).toBe("2026-03-29T00:59:59.000Z");
  expect(at("2026-03-29T03:00:00")).toBe("2026-03-29T01:00:00.000Z");
  expect(at("2026-10-25T01:59:59")).toBe("2026-10-24T23:59:59.000Z");
  expect(at("2026-10-25T03:00:00")).toBe("2026-10-25T02:00:00.000Z");
});

test("the machine's own zone is that of its clock", () => {
  for (const month of [0, 6]) {
    const local = new Date(2026, month, 15, 13, 37);
    expect(machineTimeZone().toUtc(Date.UTC(2026, month, 15, 13, 37))).toBe(local.getTime());
  }
});
