/** Addresses in bookmarks, tickets and alerts outlive every change of words: one of each form still names what it named. */
import { FINDING_CODES, PLATFORMS } from "@mxray/contracts";
import { expect, test } from "vitest";
import { parseLogView } from "../api/log-view.ts";
import { diagnoseSearch } from "./diagnose/diagnose-search.ts";
import { findingsSearch } from "./findings/findings-search.ts";
import { overviewSearch } from "./overview/overview-search.ts";
import { peerSearch } from "./peer/peer-search.ts";
import { peersSearch } from "./peers/peers-search.ts";
import { playbookSearch } from "./playbook/playbook-search.ts";
import { partOfSearch, probeSearch } from "./probe/probe-search.ts";
import { SETTINGS_SECTIONS } from "./settings/settings-sections.ts";

const OLD: readonly (readonly [name: string, parse: (given: Record<string, unknown>) => object, search: Record<string, unknown>])[] = [
  ["/", overviewSearch, { flow: "week" }],
  ["/diagnose", diagnoseSearch, { target: "example.com", find: "example", practice: true }],
  ["/diagnose/ID", probeSearch, { finding: 2, host: 1 }],
  [
    "/findings",
    findingsSearch,
    { state: "acknowledged", severity: "critical", code: "dotcrlf-split", peer: "mx", text: "a", sort: "last-seen", group: "code" },
  ],
  ["/logs", parseLogView, { range: "week", direction: "outbound", peer: "mx.example.com", stage: "end-of-data", minSize: 1, maxSize: 9 }],
  ["/peers", peersSearch, { text: "mx", trouble: "some", code: "pmtu-black-hole", sort: "harm" }],
  ["/peers/HOST", peerSearch, { address: "192.0.2.1", range: "day" }],
  ["/playbook", playbookSearch, { code: "smtp-fixup", platform: "cisco-asa", audience: "network", text: "clamp", family: 6 }],
];

test.each(OLD)("query of %s", (_, parse, search) => {
  expect(parse(search)).toEqual(search);
});

test("a finding of a probe is counted from 1", () => {
  expect(partOfSearch(probeSearch({ finding: 2, host: 1 }))).toEqual({ finding: 1, host: 0 });
});

test("sections of the settings keep their names", () => {
  const names = [
    "logs",
    "targets",
    "automatic",
    "maintenance",
    "alerts",
    "retention",
    "users",
    "tokens",
    "audit",
    "links",
    "account",
    "about",
  ];
  expect(SETTINGS_SECTIONS.map(([name]) => name)).toEqual(expect.arrayContaining(names));
});

test("codes and platforms keep their names", () => {
  const codes = ["pmtu-black-hole", "pmtu-black-hole-inbound", "greeting-refused", "starttls-failed", "log-outbound-stalls", "our-side"];
  expect(FINDING_CODES).toEqual(expect.arrayContaining(codes));
  expect(Object.keys(PLATFORMS)).toEqual(expect.arrayContaining(["postfix", "exchange", "linux", "cisco-ios", "junos", "hp-ux"]));
});
