import type { MailHostObservation } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { blackHole, deadControl, host, path, probe, reportOf, stage, stagesUntil, unreachableHost, untested } from "./observation.ts";

const mx = (number: number, other: Partial<MailHostObservation> = {}) =>
  host({ name: `mx${number}.example.test`, address: `203.0.113.${number}`, preference: 10 * number, ...other });
const dead = (number: number, other: Partial<MailHostObservation> = {}) =>
  unreachableHost("timeout", { name: `mx${number}.example.test`, address: `203.0.113.${number}`, preference: 10 * number, ...other });
const leftOut = (number: number) =>
  mx(number, {
    stages: host().stages.map((each) =>
      ["noop-ladder", "envelope", "data-ladder"].includes(each.stage) ? stage(each.stage, "skipped", "not-wanted") : each,
    ),
    path: path({ outbound: untested() }),
  });
const hole = path({ outbound: blackHole() });

describe("whether mail to the domain is delivered", () => {
  test.each<[string, MailHostObservation[], string, string]>([
    ["all hosts take it", [mx(1), mx(2)], "yes", "is delivered by mx1.example.test [203.0.113.1] and mx2.example.test [203.0.113.2]."],
    ["a backup is dead", [mx(1), dead(2)], "yes", "At risk: mx2.example.test [203.0.113.2]"],
    ["the preferred host is dead", [dead(1), mx(2)], "delayed", "senders wait for a time-out"],
    [
      "IPv6 is dead, IPv4 is not",
      [dead(1, { family: 6, address: "2001:db8::1" }), mx(1)],
      "delayed",
      "mx1.example.test [2001:db8::1] does not take it",
    ],
    ["the preferred host has a hole", [mx(1, { path: hole }), mx(2)], "partly", "Short messages to example.test are delivered"],
    ["nobody answers", [dead(1), dead(2)], "no", "is not delivered"],
    [
      "it asks us to come again",
      [mx(1, { stages: stagesUntil(stage("envelope", "refused", "reply", "421 busy")) })],
      "delayed",
      "come again later",
    ],
    [
      "it names a block list",
      [mx(1, { stages: stagesUntil(stage("envelope", "refused", "reply", "554 blocked using zen.example.org")) })],
      "no",
      "is not delivered",
    ],
  ])("%s", (_name, hosts, delivers, words) => {
    const { domain } = reportOf(hosts);
    expect(domain?.delivers).toBe(delivers);
    expect(domain?.sentence).toContain(words);
    expect(domain?.untested).toEqual([]);
  });

  test("nothing can be said while port 25 is blocked on our side", () => {
    const { domain } = reportOf([dead(1)], { controls: [deadControl("a.test"), deadControl("b.test")] });
    expect(domain).toMatchObject({ delivers: "unknown" });
  });

  test("a domain that takes no mail, one without a host, and one that could not be looked up", () => {
    const { resolution } = probe();
    const none = { ...resolution, records: [], kind: "none" as const, error: "The name example.test does not exist in the DNS." };
    expect(reportOf([], { resolution: { ...resolution, kind: "null-mx" } }).domain?.delivers).toBe("no");
    expect(reportOf([], { resolution: { ...none, failure: "no-such-name" } }).domain?.delivers).toBe("no");
    expect(reportOf([], { resolution: { ...none, failure: "timeout" } }).domain?.delivers).toBe("unknown");
  });

  test("a target that is no domain has none", () => {
    expect(reportOf([mx(1)], { resolution: { ...probe().resolution, kind: "address" } }).domain).toBeNull();
  });
});

describe("what was not searched", () => {
  test("is named, and the finding speaks of the searched hosts only", () => {
    const { domain, findings } = reportOf([mx(1), mx(2), leftOut(3), leftOut(4)]);
    expect(domain?.untested).toEqual(["mx3.example.test", "mx4.example.test"]);
    expect(domain?.sentence).toContain(
      "2 of 4 addresses searched, all clear; not searched: mx3.example.test, mx4.example.test; search all with --all.",
    );
    expect(findings).toMatchObject([{ code: "healthy", title: "2 of 4 addresses of example.test searched, all clear" }]);
    expect(findings[0]?.summary).toMatch(/not searched \(mx3\.example\.test .*mx4\.example\.test .*--all/);
  });

  test("a second address of a name carries its address", () => {
    const { domain } = reportOf([mx(1), { ...leftOut(9), name: "mx1.example.test" }]);
    expect(domain?.untested).toEqual(["mx1.example.test [203.0.113.9]"]);
  });

  test("is not called clear where a searched one is not", () => {
    const { domain } = reportOf([mx(1, { path: hole }), leftOut(2)]);
    expect(domain?.sentence).toContain("1 of 2 addresses searched; not searched: mx2.example.test");
  });

  test("is nothing where no path was searched at all", () => {
    expect(reportOf([leftOut(1), leftOut(2)]).domain?.untested).toEqual([]);
  });
});

describe("what is said of steps that did not work", () => {
  test("healthy never claims that every step worked", () => {
    const { findings } = reportOf([mx(1, { stages: stagesUntil(stage("envelope", "refused", "reply", "550 No such user")) })]);
    const healthy = findings.find(({ code }) => code === "healthy");
    expect(healthy?.summary).toContain("Not every step worked: envelope refused.");
  });

  test("a rejection that names a list is a warning of its own, with the list", () => {
    const reply = "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org";
    const { findings } = reportOf([mx(1, { stages: stagesUntil(stage("envelope", "refused", "reply", reply)) })]);
    expect(findings).toMatchObject([{ code: "rejected-recipient", severity: "warning", list: "zen.example.org" }]);
  });

  test("IPv6 that does not answer beside IPv4 that does is a warning with remedies for the sender", () => {
    const { findings } = reportOf([dead(1, { family: 6, address: "2001:db8::1" }), mx(1)]);
    expect(findings).toMatchObject([{ code: "ipv6-unreachable", severity: "warning", subject: { address: "2001:db8::1" } }]);
    expect(findings[0]?.remedies.map(({ id }) => id)).toContain("postfix-ipv4-for-destination");
    expect(reportOf([dead(1, { family: 6, address: "2001:db8::1" })]).findings).toMatchObject([{ code: "connect-timeout" }]);
    expect(reportOf([dead(1, { family: 6, address: "2001:db8::1" }), mx(2)]).findings).toMatchObject([{ code: "connect-timeout" }]);
  });
});
