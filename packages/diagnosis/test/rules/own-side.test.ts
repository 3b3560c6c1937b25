import type { Confidence, ControlResult, MailHostObservation } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { codesOf, findingOf, wordsOf } from "../found.ts";
import { blackHole, control, deadControl, hop, host, owner, path, probe, unreachableHost, untested } from "../observation.ts";

const dead = (other: Parameters<typeof path>[0] = {}) => unreachableHost("timeout", { path: path({ outbound: untested(), ...other }) });

describe("port 25 is blocked on our side", () => {
  test.each<[string, MailHostObservation, ControlResult[], Confidence]>([
    ["two controls fail alike", dead(), [deadControl("a.test"), deadControl("b.test")], "likely"],
    ["one control fails alike", dead(), [deadControl("a.test")], "suspected"],
    [
      "two controls fail alike, and others were not tried",
      dead(),
      [
        deadControl("a.test"),
        deadControl("b.test"),
        deadControl("c.test", "lookup", { stage: "resolve" }),
        deadControl("d.test", "deadline", { outcome: "skipped" }),
        deadControl("e.test", "deadline", { outcome: "not-tested" }),
      ],
      "likely",
    ],
    ["SYNs end at our first router, and one control fails alike", dead({ portBlockedAt: owner(1) }), [deadControl("a.test")], "likely"],
    ["SYNs end at our first router, on one target's word", dead({ portBlockedAt: owner(1) }), [], "suspected"],
    ["SYNs end at this machine", dead({ portBlockedAt: owner(0, null) }), [], "likely"],
    ["both", dead({ portBlockedAt: owner(2) }), [deadControl("a.test"), deadControl("b.test")], "proven"],
    [
      "the place is known from a control",
      dead(),
      [deadControl("a.test", "timeout", { blockedAt: owner(1) }), deadControl("b.test")],
      "proven",
    ],
  ])("%s: no target is blamed", (_name, target, controls, confidence) => {
    const observation = probe([target], { controls });
    expect(codesOf(observation)).toEqual(["port-25-blocked"]);
    expect(findingOf(observation, "port-25-blocked")).toMatchObject({ confidence, severity: "critical", subject: { address: null } });
  });

  test("it names the hop, the controls and the way out", () => {
    const observation = probe([dead({ portBlockedAt: owner(1, "192.0.2.1", { as: { number: 64500, name: "Example" } }) })], {
      controls: [deadControl("a.test"), deadControl("b.test")],
    });
    const finding = findingOf(observation, "port-25-blocked");
    expect(finding.title).toBe("Port 25 is blocked on our side at or right behind 192.0.2.1 (AS64500 Example)");
    expect(wordsOf(finding)).toContain("2 unrelated hosts cannot be reached on that port either");
    expect(wordsOf(finding)).toContain("a.test");
    expect(finding.remedies.map(({ id }) => id)).toEqual(expect.arrayContaining(["postfix-relay-587", "ask-for-port-25"]));
  });

  test.each<[string, MailHostObservation[], ControlResult[]]>([
    ["a control answers", [dead()], [control(), deadControl("b.test")]],
    ["the controls fail in another way", [dead()], [deadControl("a.test", "refused"), deadControl("b.test", "refused")]],
    ["the controls' names cannot be looked up", [dead()], [deadControl("a.test", "lookup", { stage: "resolve" })]],
    ["SYNs end far away", [dead({ portBlockedAt: owner(3) })], []],
    ["SYNs end two hops away, and there is no other word for it", [dead({ portBlockedAt: owner(2) })], []],
    [
      "SYNs end as far away as the mail host is",
      [dead({ portBlockedAt: owner(2), hops: [hop(1), hop(2, { address: "203.0.113.25", final: true })] })],
      [],
    ],
    [
      "SYNs end at the mail host itself, however near",
      [dead({ portBlockedAt: owner(2, "203.0.113.25"), hops: [hop(1), hop(2, { address: "203.0.113.25", final: true })] })],
      [],
    ],
    ["another address can be connected to", [dead(), host({ address: "203.0.113.26" })], [deadControl("a.test"), deadControl("b.test")]],
  ])("not when %s: the target's own fault", (_name, hosts, controls) => {
    const codes = codesOf(probe(hosts, { controls }));
    expect(codes).toContain("connect-timeout");
    expect(codes).not.toContain("port-25-blocked");
  });

  test("a connection that our own rules forbade says nothing of port 25", () => {
    const forbidden = unreachableHost("policy");
    expect(codesOf(probe([forbidden], { controls: [deadControl("a.test"), deadControl("b.test")] }))).toEqual(["inconclusive"]);
  });

  test("another port is no matter of port 25", () => {
    const observation = probe([{ ...dead(), port: 587 }], { controls: [deadControl("a.test"), deadControl("b.test")] });
    expect(codesOf(observation)).toEqual(["connect-timeout"]);
  });
});

describe("the small link is ours", () => {
  const holed = (name: string, mtu = 1400) => control({ host: name, outbound: { verdict: "black-hole", mtu } });
  const target = host({ path: path({ outbound: blackHole() }) });

  test.each<[string, ControlResult[], Confidence]>([
    ["two unrelated hosts have the same hole", [holed("a.test"), holed("b.test")], "proven"],
    ["one has", [holed("a.test")], "suspected"],
  ])("%s", (_name, controls, confidence) => {
    const observation = probe([target], { controls });
    expect(codesOf(observation)).toEqual(["local-mtu"]);
    const finding = findingOf(observation, "local-mtu");
    expect(finding).toMatchObject({ confidence, severity: "warning" });
    expect(wordsOf(finding)).toContain("1400 bytes");
    expect(wordsOf(finding)).toContain("This machine's interface allows 1500 bytes, which is more than its own network carries.");
    expect(finding.title).toBe(
      `Packets of more than 1400 bytes ${confidence === "suspected" ? "seem to" : "do"} not leave our own network`,
    );
    expect(finding.remedies.find(({ id }) => id === "linux-interface-mtu")).toMatchObject({
      audience: "sender",
      steps: "ip link set dev <INTERFACE> mtu 1400",
    });
  });

  test("hosts without that hole are no evidence for it", () => {
    const clear = host({ address: "203.0.113.26", path: path({ outbound: blackHole({ mtu: 1300 }) }) });
    const words = wordsOf(findingOf(probe([target, clear], { controls: [holed("a.test"), holed("b.test")] }), "local-mtu"));
    expect(words).toContain("To 203.0.113.25:");
    expect(words).not.toContain("203.0.113.26");
  });

  test.each<[string, ControlResult[]]>([
    ["a control takes larger packets", [control(), holed("b.test")]],
    ["the controls' holes have another size", [holed("a.test", 1300)]],
    ["there is no control", []],
  ])("not when %s", (_name, controls) => {
    expect(codesOf(probe([target], { controls }))).toEqual(["pmtu-black-hole"]);
  });

  test("an interface below 1280 bytes is told, one of 1280 is not", () => {
    const tiny = probe([host({ path: path({ localMtu: 1279 }) })]);
    expect(codesOf(tiny)).toEqual(["local-mtu"]);
    expect(findingOf(tiny, "local-mtu")).toMatchObject({ confidence: "proven", title: expect.stringContaining("1279 bytes") });
    expect(codesOf(probe([host({ path: path({ localMtu: 1280 }) })]))).toEqual(["healthy"]);
  });
});
