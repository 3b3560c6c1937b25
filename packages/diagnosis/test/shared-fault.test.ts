import { describe, expect, test } from "vitest";
import { type DestinationAttempt, networkOf, organisationOf, sharedFault } from "../src/shared-fault.ts";

const attempt = (number: number, other: Partial<DestinationAttempt> = {}): DestinationAttempt => ({
  organisation: `org${number}.test`,
  network: `198.51.${number}`,
  outcome: "failed",
  at: 1000,
  ...other,
});
const failing = (count: number, at = 1000) => Array.from({ length: count }, (_, index) => attempt(index + 1, { at }));
const isShared = (attempts: readonly DestinationAttempt[]) => sharedFault(attempts) !== null;

describe("a fault shared by destinations", () => {
  test.each<[string, boolean, DestinationAttempt[]]>([
    ["four different destinations", true, failing(4)],
    ["three", false, failing(3)],
    ["four organisations of one network", false, failing(4).map((each) => ({ ...each, network: "198.51.1" }))],
    ["one organisation of four networks", false, failing(4).map((each) => ({ ...each, organisation: "relay.test" }))],
    [
      "one relay in four networks, and three organisations in one of them",
      false,
      [
        ...failing(4).map((each) => ({ ...each, organisation: "relay.test" })),
        ...[5, 6, 7].map((n) => attempt(n, { network: "198.51.1" })),
      ],
    ],
    ["one in five that fails otherwise", true, [...failing(4), attempt(5, { outcome: "other" })]],
    ["two in six that fail otherwise", false, [...failing(4), attempt(5, { outcome: "other" }), attempt(6, { outcome: "other" })]],
    [
      "many domains of one relay that fail otherwise",
      true,
      [...failing(4), ...[5, 6, 7].map((n) => attempt(n, { outcome: "other", organisation: "relay.test" }))],
    ],
    ["one that works at the same time", false, [...failing(9), attempt(10, { outcome: "worked" })]],
    ["one that worked before the first failed", true, [...failing(4), attempt(5, { outcome: "worked", at: 999 })]],
    ["one that worked after the first failed", false, [...failing(4), attempt(5, { outcome: "worked", at: 1001 })]],
    ["four that have long been dead beside one that works", false, [...failing(4, 10), attempt(5, { outcome: "worked", at: 1001 })]],
    [
      "one that has long been dead, and four that fail since the last success",
      true,
      [attempt(9, { at: 10 }), ...failing(4), attempt(5, { outcome: "worked", at: 500 })],
    ],
    [
      "two that have long been dead, and three that fail since the last success",
      false,
      [attempt(9, { at: 10 }), attempt(8, { at: 11 }), ...failing(3), attempt(5, { outcome: "worked", at: 500 })],
    ],
  ])("%s: %s", (_name, expected, attempts) => {
    expect(isShared(attempts)).toBe(expected);
  });

  test("all that fail alike belong to it, those of one network too", () => {
    const attempts = [...failing(5), attempt(6, { network: "198.51.1" }), attempt(7, { outcome: "other" })];
    expect(sharedFault(attempts)).toEqual(attempts.slice(0, 6));
  });
});

test.each([
  ["mx1.mail.example.com", "example.com"],
  ["MX.Example.CO.UK.", "example.co.uk"],
  ["mx.example.de", "example.de"],
  ["localhost", "localhost"],
  [null, "192.0.2.1"],
])("the organisation of %s is %s", (name, organisation) => {
  expect(organisationOf(name, "192.0.2.1")).toBe(organisation);
});

test.each([
  ["192.0.2.1", "192.0.2"],
  ["2001:db8:1:2::1", "2001:db8:1"],
  ["2001:db8::1", "2001:db8:0"],
  ["::1", "0:0:0"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
