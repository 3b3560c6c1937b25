/** What a peer says may end up in a terminal, a ticket or a page: it stays text there. */
import { AUDIENCES, type Audience, type ProbeObservation, type ProbeReport, type Remedy, type SharedDiagnosis } from "@mxray/contracts";
import { Marked } from "marked";
import { describe, expect, test } from "vitest";
import { probeReportOf, renderDiagnosisMarkdown, renderReportText } from "../src/index.ts";
import { markdownFence, markdownText } from "../src/render/markdown-text.ts";
import { wrappedText } from "../src/render/wrapped-text.ts";
import { hostileTexts } from "./hostile-texts.ts";
import {
  blackHole,
  connection,
  control,
  deadControl,
  hop,
  host,
  inbound,
  owner,
  path,
  probe,
  rung,
  stage,
  stagesUntil,
  unreachableHost,
} from "./observation.ts";
import { Seeded } from "./seeded.ts";

/** Control characters, line separators, bidirectional and invisible characters: all but the line feed. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u;
const withoutLineFeeds = (text: string) => text.replaceAll("\n", "");

/** A report in which everything that can be told is told. */
const rich: ProbeObservation = probe(
  [
    host({
      greeting: { text: "220 *** mx ******** ESMTP", mask: "partial" },
      ehlo: { keywords: ["PIPELINING"], masked: ["XXXXXXXA"], refused: true, helo: true },
      stages: stagesUntil(stage("envelope", "refused", "reply", "550 5.1.1 No such user")),
      path: path({
        outbound: blackHole(),
        inbound: inbound({ verdict: "black-hole", mtu: 1300, confidence: "likely" }),
        hops: [
          hop(1, { name: "r1.example.net", as: { number: 64500, name: "Example" } }),
          hop(2, { address: null, small: "silent" }),
          hop(3),
        ],
        lostBetween: [owner(1, "198.51.100.1", { name: "r1.example.net" }), owner(3)],
        fragNeededFrom: { address: "198.51.100.1", mtu: 1400 },
      }),
    }),
    unreachableHost("timeout", { address: "203.0.113.26", name: null }),
    host({ address: "203.0.113.27", stages: stagesUntil(stage("greeting", "failed", "protocol", "999 what")) }),
  ],
  { controls: [control(), deadControl("dead.test")] },
);

/** Words of closed unions and times are ours; every other string becomes what the peer would like it to be. */
const OURS = new Set([
  "schema",
  "kind",
  "failure",
  "stage",
  "outcome",
  "cause",
  "mask",
  "unit",
  "ladder",
  "verdict",
  "confidence",
  "small",
  "large",
]);
const OURS_TOO = new Set(["method", "startedAt", "ended", "whole", "split", "cliffStop", "limitedBy", "dir"]);

function withTexts<Value>(value: Value, text: () => string, key = ""): Value {
  if (typeof value === "string") return (OURS.has(key) || OURS_TOO.has(key) ? value : text()) as Value;
  if (Array.isArray(value)) return value.map((each) => withTexts(each, text, key)) as Value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withTexts(each, text, name)])) as Value;
}
const sharedOf = (report: ProbeReport, note: string | null = null): SharedDiagnosis => ({
  schema: "mxray.diagnosis/1",
  createdAt: "2026-01-02T03:05:00.000Z",
  expiresAt: "2026-02-02T03:05:00.000Z",
  note,
  redacted: true,
  report,
  comparison: null,
  vantages: null,
});

/** The playbook's own words change without the layout's doing so. */
const remedy = (audience: Audience, count: number): Remedy => ({
  id: `${audience}-${count}`,
  kind: audience === "network" ? "fix" : "workaround",
  audience,
  platform: "linux",
  title: `Help ${count} of the ${audience}`,
  steps: `do ${audience}-${count}\nthen more`,
  undo: "undo it",
  check: `see ${audience}-${count}`,
  sideEffects: count === 1 ? "It also does something else." : "",
  reference: "https://example.org/",
});
const remedies = AUDIENCES.flatMap((audience) =>
  Array.from({ length: audience === "network" ? 9 : 2 }, (_, index) => remedy(audience, index + 1)),
);
const layout: ProbeReport = { ...probeReportOf(rich), findings: probeReportOf(rich).findings.map((finding) => ({ ...finding, remedies })) };

describe("the terminal's report", () => {
  test("tells the finding, how it is known, what to type and what each host did", () => {
    const text = renderReportText(layout, { width: 100, colour: false });
    expect(text).toMatchSnapshot();
    expect(text).toContain("✖ Packets of more than 1400 bytes are lost on the way to mx1.example.test");
    expect(text).toContain("      do network-1");
    expect(text).toContain("path: this machine --1500-- 198.51.100.1 --X more than 1400 lost X-- (silent)");
    expect(text).toMatch(/ 1401 bytes packet {3}released/);
  });

  test.each(hostileTexts.map((text) => [text]))("every text being %j: no control character, no line too wide", (hostile) => {
    const report = probeReportOf(withTexts(rich, () => hostile));
    for (const width of [40, 80]) {
      const text = renderReportText(report, { width, colour: false });
      expect(withoutLineFeeds(text)).not.toMatch(UNPRINTABLE);
      const wide = text.split("\n").filter((line) => line.length > width && !line.startsWith("      "));
      expect(wide.filter((line) => !line.includes("bytes"))).toEqual([]);
    }
  });

  test("colour adds its own sequences and nothing else", () => {
    const report = probeReportOf(withTexts(rich, () => "\u001b[2J\u001b]0;title\u0007"));
    const text = renderReportText(report, { width: 80, colour: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is looked for
    const plain = text.replace(/\x1b\[(?:1|2|22|31|32|33|39)m/g, "");
    expect(text).not.toBe(plain);
    expect(withoutLineFeeds(plain)).not.toMatch(UNPRINTABLE);
  });

  test("200 reports of random bytes", () => {
    const random = new Seeded(4);
    for (let round = 0; round < 200; round += 1) {
      const text = () => Array.from({ length: random.below(12) }, () => String.fromCharCode(random.below(0x300))).join("");
      const observation = withTexts(rich, text);
      expect(withoutLineFeeds(renderReportText(probeReportOf(observation), { width: 60, colour: false }))).not.toMatch(UNPRINTABLE);
    }
  });
});

describe("lines of a width", () => {
  test.each([
    ["", 20, [""]],
    ["one two", 20, ["one two"]],
    ["one two three", 11, ["one two", "three"]],
    ["abcdefghijklmnop", 12, ["abcdefghijkl", "mnop"]],
    ["a\tb\nc\u2028d", 20, ["a b c d"]],
    ["a\u001b[2Jb", 20, ["a\\x1b[2Jb"]],
  ] as const)("%j in %d", (text, width, lines) => {
    expect(wrappedText(text, width).split("\n")).toEqual(lines);
  });
});

/** Markup that text must not become; what the report itself uses is in none of them. */
const marked = new Marked({ gfm: true });
const markup = (html: string) => [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag = ""]) => tag.toLowerCase());
const hostileMarkdown = [
  ...hostileTexts,
  "# heading",
  "1. list",
  "- list",
  "> quote",
  "***",
  "| a | b |\n| --- | --- |\n| c | d |",
  "a `code` b",
  "``` \nfence",
  "~~~\nfence",
  "**bold** _italic_ ~~gone~~",
  "<b>html</b>",
  "&lt;b&gt; &amp; &#x41;",
  "[link](javascript:alert(1))",
  "[ref]: https://example.org",
  "![pixel](https://example.org/p.png)",
  "https://example.org/ and www.example.org and someone@example.org",
  "<https://example.org>",
  "\\[escaped\\](https://example.org)",
  "\\",
  "line one\n\nline two",
  "a  \nb",
  "- [ ] task",
  "$x$ :smile: @someone #12 [^1]",
];

describe("Markdown", () => {
  test.each(hostileMarkdown.map((text) => [text]))("%j stays text", (text) => {
    const html = marked.parse(`before ${markdownText(text)} after`, { async: false });
    expect(markup(html)).toEqual(["p", "p"]);
    expect(markup(marked.parse(markdownText(text), { async: false })).filter((tag) => tag !== "p")).toEqual([]);
    expect(markdownText(text)).not.toMatch(UNPRINTABLE);
    expect(markdownText(text)).not.toMatch(/(^|[^\\])@|(^|[^\\;])#\d|(?<!\\):\/\//);
  });

  test.each(hostileMarkdown.map((text) => [text]))("%j in a cell is one cell", (text) => {
    const html = marked.parse(`| a | b |\n| --- | --- |\n| ${markdownText(text)} | end |`, { async: false });
    expect(html.match(/<td>/g)).toHaveLength(2);
    expect(html).toContain("<td>end</td>");
    expect(html).not.toMatch(/<(a|img|b|code|em|strong|del|script)\b/);
  });

  test.each(["plain", "```\nafter", "a\n````\nb\n`````", "`", "~~~", "<script>", "\u001b[2J"])("a fence that %j cannot close", (text) => {
    const tokens = marked.lexer(`${markdownFence(text)}\n\nafter`);
    expect(tokens.filter(({ type }) => type !== "space").map(({ type }) => type)).toEqual(["code", "paragraph"]);
    expect(withoutLineFeeds(markdownFence(text))).not.toMatch(UNPRINTABLE);
  });

  /** Where a report has headings, tables and fences, with every foreign text replaced. */
  const skeleton = (observation: ProbeObservation, note: string | null) =>
    marked.lexer(renderDiagnosisMarkdown(sharedOf(probeReportOf(observation), note))).map(({ type }) => type);
  test("a whole diagnosis keeps its shape and gains no link, image or HTML, whatever the peer said", () => {
    const expected = skeleton(
      withTexts(rich, () => "word"),
      "note",
    );
    expect(expected).toContain("table");
    expect(expected).toContain("code");
    for (const text of hostileMarkdown) {
      if (text.trim() === "") continue;
      const observation = withTexts(rich, () => text);
      expect(skeleton(observation, text), text).toEqual(expected);
      const html = marked.parse(renderDiagnosisMarkdown(sharedOf(probeReportOf(observation), text)), { async: false });
      expect(html, text).not.toMatch(/<(a|img|script|b|del|input)\b/);
    }
  });

  test("it is addressed to the network team first, with the numbers", () => {
    const text = renderDiagnosisMarkdown(sharedOf(layout, "See ticket 12."));
    expect(text).toMatchSnapshot();
    expect(text.indexOf("What we ask the network team to do")).toBeLessThan(text.indexOf("What the mail host's operator can do"));
    expect(text.indexOf("What the mail host's operator can do")).toBeLessThan(text.indexOf("What the sender can do in the interim"));
    expect(text).toContain("Packets of more than 1400 bytes");
    expect(text).toContain("> See ticket 12.");
    expect(text).toContain("Mail addresses and internal host names were taken out.");
  });
});

test("the Markdown of one black hole is at most 6 kB, and reads well unrendered", () => {
  const rungs = Array.from({ length: 40 }, (_, index) => rung(1380 + index, index > 20 ? "released" : "acked"));
  const hops = Array.from({ length: 12 }, (_, index) => hop(index + 1, { name: `r${index + 1}.example.net` }));
  const connections = Array.from({ length: 12 }, (_, index) => connection(index + 1));
  const outbound = blackHole({ rungs });
  const report = probeReportOf(
    probe([host({ connections, path: path({ outbound, hops, lostBetween: [owner(3), owner(4)] }) })], { controls: [control()] }),
  );
  const text = renderDiagnosisMarkdown(sharedOf(report, "See ticket 12."));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6144);
  expect(text.match(/\\/g)?.length ?? 0).toBeLessThanOrEqual(6);
  expect(text).toContain("ping -M do -c 3 -s 1372 203.0.113.25");
  expect(text).toContain("192.0.2.7, ports 40001, 40002");
});

test("what was left out for want of connections is said, in the report and in the ticket", () => {
  const text = "The probe's connections to this host are used up. Left out: whether other connections have the same result.";
  const report = probeReportOf(probe([host({ leftOut: ["hashed-paths"] })]));
  expect(renderReportText(report, { width: 200, colour: false })).toContain(text);
  expect(renderDiagnosisMarkdown(sharedOf(report, null))).toContain("Left out: whether other connections have the same result");
  const plain = probeReportOf(probe([host()]));
  expect(renderReportText(plain, { width: 200, colour: false })).not.toContain("Left out");
});
