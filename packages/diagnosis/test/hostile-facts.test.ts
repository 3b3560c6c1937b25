/** Nothing that a peer, a DNS or a log says may reach a command that people paste, unless it is of the checked form. */
import { describe, expect, test } from "vitest";
import { PLAYBOOK, type RemedyFacts, renderRemedy } from "../src/index.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { Seeded } from "./seeded.ts";

const NOTHING = { family: 4 } as const satisfies Partial<RemedyFacts>;
const plain = new Map(PLAYBOOK.map((entry) => [entry.id, JSON.stringify(renderRemedy(entry, NOTHING))]));

/** That no entry is changed by these facts: every placeholder stays. */
function expectPlaceholders(facts: Partial<RemedyFacts>): void {
  const family = facts.family ?? 4;
  for (const entry of PLAYBOOK) {
    const expected = family === 4 ? plain.get(entry.id) : JSON.stringify(renderRemedy(entry, { family }));
    expect(JSON.stringify(renderRemedy(entry, facts)), entry.id).toBe(expected);
  }
}

describe("host names", () => {
  test.each([...hostileTexts.map((text) => [text]), ["1.2.3.4"], ["mx1..example.net"], ["mx1.example.net."], ["münchen.example"]])(
    "%j stays a placeholder",
    (name) => expectPlaceholders({ mailHostName: name }),
  );

  test("a plain one is filled in, so the cases above prove something", () => {
    const changed = PLAYBOOK.filter(
      (entry) => JSON.stringify(renderRemedy(entry, { mailHostName: "mx-1.example.net" })) !== plain.get(entry.id),
    );
    expect(changed.length).toBeGreaterThan(3);
  });
});

describe("addresses", () => {
  const hostile = [
    "fe80::1%eth0",
    "fe80::1%25eth0",
    "fe80::1%$(id)",
    " 203.0.113.25",
    "203.0.113.25 ",
    "203.0.113.25\n",
    "203.0.113.25/0",
    "203.0.113.025",
    "203.0.113.256",
    "0x7f.1",
    "2130706433",
    "[2001:db8::1]",
    "2001:db8::1/64",
    "2001:db8::1;reboot",
    "::g",
    "1:2:3:4:5:6:7:8:9",
    ...hostileTexts,
  ];
  test.each(hostile.map((text) => [text]))("%j stays a placeholder", (address) => {
    for (const family of [4, 6] as const) {
      expectPlaceholders({ family, mailHostAddress: address, senderAddress: address, routerAddress: address });
    }
  });

  test("one of the other family does, too", () => {
    expectPlaceholders({ family: 4, mailHostAddress: "2001:db8::1" });
    expectPlaceholders({ family: 6, mailHostAddress: "203.0.113.25" });
  });

  test("what is filled in is the canonical form", () => {
    const route = PLAYBOOK.find(({ id }) => id === "linux-route-mtu");
    const steps = route && renderRemedy(route, { family: 6, mailHostAddress: "2001:0DB8:0:0::0025", mtu: 1400 }).steps;
    expect(steps).toContain(" 2001:db8::25/128 ");
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 67, 1400.5, 65_536, 1e21])("an MTU of %d stays a placeholder", (mtu) =>
  expectPlaceholders({ mtu }),
);
test.each([Number.NaN, -25, 0, 25.5, 65_536])("a port of %d stays a placeholder", (port) => expectPlaceholders({ port }));

/** Pieces that shells, routers, PowerShell, Markdown and terminals make something of, among harmless ones. */
const PIECES = [
  ..."abcxyz019.-_:%/ ",
  ..."$`'\"\\;&|<>(){}[]*?!#~^=,@+\n\r\t\0\x1b\x7f",
  "\u202e",
  "\u200b",
  "\u2028",
  "\ufeff",
  "\ud800",
  "é",
  "$(id)",
  "`id`",
  "{{mtu}}",
  "%0a",
  "::",
  "203.0.113.25",
  "2001:db8::1",
  "mx1.example.net",
  "--",
  "-o",
] as const;

test("20,000 random facts: what is filled in is a name, an address or a number, and nothing else", () => {
  const random = new Seeded(25);
  const entries = PLAYBOOK.filter(({ steps }) => JSON.stringify(steps).includes("{{"));
  let filled = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const text = () => Array.from({ length: 1 + random.below(4) }, () => random.pick(PIECES as unknown as [string, ...string[]])).join("");
    const family = random.pick([4, 6]);
    const facts = { family, mailHostName: text(), mailHostAddress: text(), senderAddress: text(), routerAddress: text() } as const;
    const entry = random.pick(entries as [(typeof entries)[0], ...typeof entries]);
    const remedy = renderRemedy(entry, facts);
    for (const field of ["title", "steps", "undo", "check", "sideEffects"] as const) {
      const source = entry[field];
      const template = typeof source === "string" ? source : source[family];
      // The literal parts of the template must all be there, and between them only what the checked forms allow.
      const pattern = template
        .split(/\{\{[a-z-]+\}\}/)
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join("(<[A-Z/-]+>|[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|[0-9a-f:.]+(?:/(?:32|128))?)");
      const match = new RegExp(`^${pattern}$`).exec(remedy[field]);
      expect(match, JSON.stringify(facts)).not.toBeNull();
      filled += match?.slice(1).filter((value) => value !== undefined && !value.startsWith("<")).length ?? 0;
    }
  }
  expect(filled, "some cases are valid").toBeGreaterThan(100);
});
