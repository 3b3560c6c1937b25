/** Nothing that a peer, a DNS or a log says may reach a command that people paste, unless it is of the checked form. */
import { describe, expect, test } from "vitest";
import { PLAYBOOK, type RemedyFacts, renderRemedy } from "../src/index.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { Seeded } from "./seeded.ts";

const FAMILIES = [4, 6] as const;
/** Every entry with nothing known. */
const plain = Object.fromEntries(FAMILIES.map((family) => [family, PLAYBOOK.map((entry) => renderRemedy(entry, { family }))]));

/** That no entry is changed by these facts: every placeholder stays. */
function expectPlaceholders(facts: Partial<RemedyFacts>): void {
  expect(PLAYBOOK.map((entry) => renderRemedy(entry, facts))).toEqual(plain[facts.family ?? 4]);
}

describe("host names", () => {
  test.each([...hostileTexts.map((text) => [text]), ["1.2.3.4"], ["mx1..example.net"], ["mx1.example.net."], ["münchen.example"]])(
    "%j stays a placeholder",
    (name) => expectPlaceholders({ mailHostName: name }),
  );

  test("a plain one is filled in, so the cases above prove something", () => {
    const filled = PLAYBOOK.map((entry) => renderRemedy(entry, { mailHostName: "mx-1.example.net" }));
    expect(filled.filter(({ steps }) => steps.includes("mx-1.example.net")).length).toBeGreaterThan(3);
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
    for (const family of FAMILIES) {
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

const FIELDS = ["title", "steps", "undo", "check", "sideEffects"] as const;
type FamilyText = (typeof PLAYBOOK)[number]["steps"];

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

/** The literal parts of a template must all be there, and between them only what the checked forms allow. */
function patternOf(template: string): RegExp {
  const parts = template.split(/\{\{[a-z-]+\}\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("(<[A-Z/-]+>|[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|[0-9a-f:.]+(?:/(?:32|128))?)")}$`);
}

test("20,000 random facts: what is filled in is a name, an address or a number, and nothing else", () => {
  const random = new Seeded(25);
  const templates = PLAYBOOK.flatMap((entry) =>
    FAMILIES.map((family) => {
      const textOf = (text: FamilyText) => (typeof text === "string" ? text : text[family]);
      return { entry, family, steps: textOf(entry.steps), patterns: FIELDS.map((field) => patternOf(textOf(entry[field]))) };
    }),
  ).filter(({ steps }) => steps.includes("{{"));
  let filled = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const text = () => Array.from({ length: 1 + random.below(4) }, () => random.pick(PIECES)).join("");
    const { entry, family, patterns } = random.pick(templates);
    const facts = { family, mailHostName: text(), mailHostAddress: text(), senderAddress: text(), routerAddress: text() };
    const remedy = renderRemedy(entry, facts);
    for (const [index, field] of FIELDS.entries()) {
      const match = patterns[index]?.exec(remedy[field]) ?? null;
      if (match === null) throw new Error(`${entry.id}, ${field}: ${JSON.stringify(facts)}`);
      filled += match.slice(1).filter((value) => value !== undefined && !value.startsWith("<")).length;
    }
  }
  expect(filled, "some cases are valid").toBeGreaterThan(100);
});
