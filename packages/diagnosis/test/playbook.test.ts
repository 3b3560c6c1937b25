import { AUDIENCES, type Audience, FINDING_CODES, type FindingCode, PLATFORMS, type Platform, type Remedy } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { examplePlaybook, PLAYBOOK, type RemedyFacts, remediesFor, renderRemedy } from "../src/index.ts";

const FACTS = {
  4: {
    family: 4,
    mailHostName: "mx1.example.net",
    mailHostAddress: "203.0.113.25",
    senderAddress: "192.0.2.10",
    port: 25,
    mtu: 1400,
    routerAddress: "198.51.100.1",
    fragmentsArrive: null,
    mta: null,
    hostLimits: { files: 200_000, processFiles: 1024, tasks: 32_768, conntrack: 65_536 },
  },
  6: {
    family: 6,
    mailHostName: "mx1.example.net",
    mailHostAddress: "2001:db8:9::25",
    senderAddress: "2001:db8:1::10",
    port: 25,
    mtu: 1400,
    routerAddress: "2001:db8:5::1",
    fragmentsArrive: null,
    mta: null,
    hostLimits: { files: 200_000, processFiles: 1024, tasks: 32_768, conntrack: 65_536 },
  },
} as const satisfies Record<4 | 6, RemedyFacts>;
const FAMILIES = [4, 6] as const;
const MSS = { 4: 1360, 6: 1340 } as const;

const textOf = ({ title, steps, undo, check, sideEffects }: Remedy) => [title, steps, undo, check, sideEffects].join("\n");
/** Every entry that exists for the family, with real numbers. */
const rendered = (family: 4 | 6) => PLAYBOOK.map((entry) => renderRemedy(entry, FACTS[family])).filter(({ steps }) => steps !== "");
const cases = FAMILIES.flatMap((family) => rendered(family).map((remedy) => [remedy.id, family, remedy] as const));

describe("every entry, with real numbers", () => {
  test.each(cases)("%s, IPv%d", (_id, family, remedy) => {
    const text = textOf(remedy);
    expect(text).not.toMatch(/\{\{|undefined|NaN|(?<!\/dev\/)\bnull\b/);
    for (const [placeholder] of text.matchAll(/<[^<> \n]+>/g)) expect(placeholder).toMatch(/^<[A-Z]+(-[A-Z]+)*(\/[A-Z-]+)?>$/);
    expect(text, "what is measured is filled in").not.toMatch(/<(MTU|MSS|MSS-ABOVE|PORT|MAIL-HOST-[A-Z-/]+|SENDER-[A-Z-/]+)>/);
    for (const field of ["title", "steps", "undo", "check"] as const) expect(remedy[field].trim(), field).not.toBe("");
    expect(remedy.reference).toMatch(/^https:\/\/[a-z0-9.-]+\/\S+$/);
    // Of the other family's addresses and of its MSS there is no trace.
    expect(text).not.toContain(family === 4 ? "2001:db8" : "203.0.113.");
    expect(text).not.toMatch(family === 4 ? /\b1340\b/ : /\b1360\b/);
  });

  const sized = PLAYBOOK.filter(({ steps }) => /\{\{(mtu|mss)/.test(JSON.stringify(steps)));
  test("speaks of sizes where it sets one", () => {
    expect(sized.length).toBeGreaterThan(30);
  });
  test.each(FAMILIES.flatMap((family) => sized.map((entry) => [entry.id, family, entry] as const)))(
    "%s sets the measured size, IPv%d",
    (_id, family, entry) => {
      const { steps, undo } = renderRemedy(entry, FACTS[family]);
      if (steps === "") return;
      const numbers = [...steps.matchAll(/\b1[34]\d\d\b/g)].map(([number]) => Number(number));
      const allowed = [1400, MSS[family], MSS[family] + 1];
      // The list of usual tunnels and the usual PPPoE line name others beside the measured one.
      if (!entry.id.includes("tunnel")) expect(numbers.filter((number) => !allowed.includes(number))).toEqual([]);
      expect(numbers.some((number) => allowed.includes(number))).toBe(true);
      expect(undo).not.toMatch(/mtu[ =]1400\b/);
    },
  );

  test.each([
    [1492, 4, 1452],
    [1492, 6, 1432],
    [1280, 6, 1220],
    [576, 4, 536],
  ] as const)("an MTU of %d over IPv%d is an MSS of %d", (mtu, family, mss) => {
    const remedies = remediesFor("pmtu-black-hole", { ...FACTS[family], mtu });
    const clamp = remedies.find(({ id }) => id === "iptables-clamp-mss");
    expect(clamp?.steps).toContain(`--mss ${mss + 1}:65495 -j TCPMSS --set-mss ${mss}`);
    expect(remedies.find(({ id }) => id === "linux-route-mtu")?.steps).toContain(`mtu lock ${mtu}`);
    expect(remedies.find(({ id }) => id === "linux-advmss")?.steps).toContain(`advmss ${mss}`);
  });
});

test("ids are unique, and stay what they are", () => {
  const ids = PLAYBOOK.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toMatchSnapshot();
});

/** Who can act on a trouble; the codes that are missing here call for nothing to be typed. */
const WHO_ACTS: Partial<Record<FindingCode, readonly Audience[]>> = {
  "pmtu-black-hole": ["sender", "receiver", "network"],
  "pmtu-black-hole-inbound": ["sender", "receiver", "network"],
  "size-cliff": ["receiver", "network"],
  "lossy-path": ["network"],
  "path-differs": ["sender", "network"],
  "window-scaling": ["sender", "network"],
  "local-mtu": ["sender", "network"],
  "host-setting-hides": ["sender"],
  "port-25-blocked": ["sender", "network"],
  "smtp-fixup": ["sender", "receiver"],
  "command-inspection": ["receiver"],
  "dotcrlf-split": ["sender", "receiver"],
  "starttls-masked": ["sender", "receiver"],
  "no-mail-host": ["sender", "receiver"],
  "null-mx": ["sender"],
  "mx-unresolvable": ["sender", "receiver"],
  "connect-refused": ["sender", "receiver"],
  "connect-timeout": ["sender", "receiver"],
  "greeting-refused": ["sender", "receiver"],
  "greeting-timeout": ["sender", "receiver"],
  tarpit: ["sender", "receiver"],
  "ehlo-failed": ["receiver"],
  "starttls-failed": ["sender", "receiver"],
  "our-side": ["sender"],
  "ipv6-unreachable": ["sender", "receiver"],
  "rejected-recipient": ["sender", "receiver"],
  "envelope-refused": ["sender"],
  "rate-limited": ["sender"],
  "dropped-in-data": ["receiver"],
  "protocol-error": ["receiver"],
  "log-outbound-stalls": ["sender", "receiver"],
  "log-inbound-stalls": ["receiver"],
  "log-size-correlated": ["sender", "network"],
  "log-our-side": ["sender"],
  "log-tls-stalls": ["sender", "receiver"],
  "log-greeting-stalls": ["sender", "receiver"],
  "log-rcpt-stalls": ["sender", "receiver"],
  "log-tls-policy": ["sender", "receiver"],
  "log-ipv6-delay": ["sender", "receiver"],
  "log-message-size": ["sender", "receiver"],
  "log-pix-workarounds": ["sender", "receiver"],
  "log-deferred-backlog": ["sender"],
  "log-backoff-settings": ["sender"],
  "log-client-errors": ["receiver"],
  "log-resources": ["receiver"],
  "log-content-filter": ["receiver"],
  "log-filter": ["receiver"],
  "log-queue-io": ["receiver"],
  "host-files": ["receiver"],
  "host-processes": ["receiver"],
  "host-sockets": ["receiver"],
  "host-io": ["receiver"],
  "host-memory": ["receiver"],
  "queue-growing": ["receiver"],
};

describe("who can act has a remedy, for both families", () => {
  const quiet: readonly FindingCode[] = ["healthy", "inconclusive", "pmtu-reduced"];
  test.each(FINDING_CODES)("%s", (code) => {
    for (const family of FAMILIES) {
      const audiences = new Set(remediesFor(code, { family }).map(({ audience }) => audience));
      if (quiet.includes(code)) expect([...audiences]).toEqual([]);
      else for (const audience of WHO_ACTS[code] ?? []) expect([...audiences], `IPv${family}`).toContain(audience);
    }
    expect(quiet.includes(code)).toBe(WHO_ACTS[code] === undefined);
  });

  const platformsOf = (code: FindingCode, audience: Audience) =>
    new Set(
      remediesFor(code, FACTS[4])
        .filter((remedy) => remedy.audience === audience)
        .map(({ platform }) => platform),
    );
  test.each<[FindingCode, Audience, Platform[]]>([
    [
      "pmtu-black-hole",
      "sender",
      [
        ...(["postfix", "exim", "sendmail", "exchange", "windows", "linux", "freebsd", "openbsd", "netbsd"] as const),
        ...(["solaris", "illumos", "aix", "hp-ux", "macos"] as const),
      ],
    ],
    ["pmtu-black-hole", "receiver", ["linux", "freebsd", "openbsd", "netbsd", "solaris", "illumos", "aix", "hp-ux", "macos", "windows"]],
    ["pmtu-black-hole", "network", ["nftables", "iptables", "pf", "cisco-ios", "cisco-asa", "junos", "mikrotik", "windows", "linux"]],
    ["smtp-fixup", "receiver", ["cisco-pix", "cisco-asa", "cisco-ios", "any"]],
    ["smtp-fixup", "sender", ["postfix", "exim", "sendmail", "exchange"]],
    ["log-resources", "receiver", ["postfix", "linux", "freebsd", "solaris"]],
    ["host-files", "receiver", ["linux", "freebsd", "solaris"]],
    ["host-processes", "receiver", ["postfix", "linux", "freebsd"]],
    ["host-sockets", "receiver", ["postfix", "linux", "freebsd"]],
  ])("%s: the %s finds each platform", (code, audience, platforms) => {
    const found = platformsOf(code, audience);
    expect(platforms.filter((platform) => !found.has(platform))).toEqual([]);
  });
});

test("every entry is for a platform and an audience that there is, and for at least one trouble", () => {
  for (const { id, platform, audience, codes } of PLAYBOOK) {
    expect(Object.keys(PLATFORMS), id).toContain(platform);
    expect(AUDIENCES, id).toContain(audience);
    expect(codes.length, id).toBeGreaterThan(0);
    expect(new Set(codes).size, id).toBe(codes.length);
  }
});

describe("the order in which to try them", () => {
  const order = (code: FindingCode) => remediesFor(code, FACTS[4]).map(({ audience }) => AUDIENCES.indexOf(audience));
  test.each(Object.keys(WHO_ACTS) as FindingCode[])("%s: sender, receiver, network", (code) => {
    expect(order(code)).toEqual([...order(code)].sort((a, b) => a - b));
  });

  test("the sender's mildest workaround comes first, a last resort last among them", () => {
    const sender = remediesFor("pmtu-black-hole", FACTS[4]).filter(({ audience }) => audience === "sender");
    expect(sender[0]?.id).toBe("linux-mtu-probing");
    const workarounds = sender.filter(({ kind }) => kind === "workaround");
    expect(workarounds.at(-1)?.id).toBe("windows-no-pmtu-discovery");
    expect(sender.slice(0, workarounds.length).every(({ kind }) => kind === "workaround")).toBe(true);
  });

  test("elsewhere the fix comes before the workaround", () => {
    const network = remediesFor("pmtu-black-hole", FACTS[4]).filter(({ audience }) => audience === "network");
    const kinds = network.map(({ kind }) => kind);
    expect(kinds.lastIndexOf("fix")).toBeLessThan(kinds.indexOf("workaround"));
  });
});

describe("IPv6 has no remedy that works by fragmentation in routers", () => {
  test.each(FINDING_CODES)("%s: what does not exist for a family is left out", (code) => {
    for (const family of FAMILIES) expect(remediesFor(code, { family }).map(({ steps }) => steps)).not.toContain("");
  });

  test("nothing about switching discovery off", () => {
    const ids = rendered(6).map(({ id }) => id);
    expect(ids.filter((id) => id.includes("no-pmtu-discovery"))).toEqual([]);
    expect(rendered(4).filter(({ id }) => id.includes("no-pmtu-discovery")).length).toBeGreaterThan(15);
  });
});

test("a hole on the way from the mail host: both ends are told of the other one", () => {
  const remedies = remediesFor("pmtu-black-hole-inbound", FACTS[4]);
  const steps = (id: string) => remedies.find((remedy) => remedy.id === id)?.steps;
  expect(steps("linux-route-mtu-at-mail-host")).toContain("192.0.2.10/32 via <GATEWAY> mtu lock 1400");
  expect(steps("linux-route-advmss")).toContain("203.0.113.25/32 via <GATEWAY> advmss 1360");
  expect(remedies.filter(({ audience }) => audience === "receiver").map(({ id }) => id)).toContain("windows-own-firewall-at-mail-host");
});

test("the other end is a placeholder named after whoever is there, where its address is unknown", () => {
  const steps = (id: string) => PLAYBOOK.filter((entry) => entry.id === id).map((entry) => renderRemedy(entry, { family: 4 }));
  expect(steps("linux-route-mtu")).toMatchObject([
    {
      steps: expect.stringContaining("<MAIL-HOST-ADDRESS/PREFIX-LENGTH> via <GATEWAY> mtu lock <MTU>"),
      check: expect.stringContaining("get <MAIL-HOST-ADDRESS>\n"),
    },
  ]);
  expect(steps("linux-route-mtu-at-mail-host")).toMatchObject([
    { steps: expect.stringContaining("<SENDER-ADDRESS/PREFIX-LENGTH>"), check: expect.stringContaining("get <SENDER-ADDRESS>\n") },
  ]);
});

test("what is not confirmed says so", () => {
  const cautious = /not (been )?(confirmed|tried)/i;
  const sideEffects = (id: string, family: 4 | 6 = 4) => rendered(family).find((remedy) => remedy.id === id)?.sideEffects;
  for (const id of ["ftd-no-inspect-esmtp", "windows-blackhole-detection", "hp-ux-interface-mtu"])
    expect(sideEffects(id), id).toMatch(cautious);
  expect(sideEffects("mikrotik-allow-frag-needed", 6)).toMatch(cautious);
  expect(sideEffects("mikrotik-allow-frag-needed", 4)).not.toMatch(cautious);
});

test("the schedule that the log check promises is the one that Postfix keeps", () => {
  const entry = rendered(4).find(({ id }) => id === "postfix-retry-schedule");
  expect(entry?.check).toContain("5 to 10, 10 to 20, 20 to 40, 40 to 80, 80 to 150 minutes after the message came, then every 67 to 72");
});

describe("the playbook to be read", () => {
  test.each(FAMILIES)("has every remedy of IPv%d with numbers, an id of its own, and the troubles it is for", (family) => {
    const remedies = examplePlaybook(family);
    expect(remedies.map(({ id }) => id)).toEqual(rendered(family).map(({ id }) => id));
    expect(new Set(remedies.map(({ id }) => id)).size).toBe(remedies.length);
    for (const { codes } of remedies) expect(codes).not.toEqual([]);
    expect(remedies.map(textOf).join("\n")).not.toMatch(/<(MTU|MSS|MAIL-HOST-ADDRESS)>/);
  });
});
