/** User-visible texts keep to plain English: no word of the list is in a string of the source, in the documents or in the README. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { userTexts } from "./user-texts.ts";

const ROOT = join(import.meta.dirname, "..");

/** What not to write, and why; the reason says what to write instead. */
const BANNED: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/\bmails\b/i, "mail is uncountable: messages"],
  [/\bmend(s|ed|ing)?\b/i, "a fault is fixed"],
  [/\bvanish(es|ed|ing)?\b/i, "a measured packet is lost or dropped"],
  [/\b(swallow|heed)(s|ed|ing)?\b/i, "devices drop and ignore"],
  [/\bpainted over\b/i, "a keyword is masked"],
  [/\bcom(e|es|ing) about\b/i, "a connection is established, or fails"],
  [/\btold\b/i, "programs report, show and say"],
  [/\b(log|logs|line|lines|packet|probe|entry|time-outs?) tells?\b/i, "a log shows, a line means, a measurement shows"],
  [/\btell(s)? of\b/i, "lines report a problem"],
  [/\btells? (them|the two) apart\b/i, "a measurement distinguishes two causes"],
  [/\bwho(so)?ever\b/i, "name the reader's role: the sender, the operator, anyone who"],
  [/\b(some|any)body\b/i, "name the user; else anyone or someone"],
  [/\banew\b/i, "again"],
  [/\bmeanwhile\b/i, "name the time: in between, since then, in the interim"],
  [/\bby (itself|themselves)\b/i, "automatically, on its own or anyway"],
  [/\bharmed\b/i, "peers and mail are affected"],
  [/\b(in|of|any|no|without|kind of) trouble\b/i, "a problem or a fault"],
  [/\b(stands|stood) (until|last|first|above|below|on|after|behind|among)\b/i, "a text is in a place; a program runs"],
  [/\bfor so long\b/i, "name the number of days"],
  [/\bnothing of (it|them) (is|was) kept\b/i, "nothing is stored"],
  [/\bis not told by\b/i, "this test cannot show"],
];

const tracked = (...paths: string[]) =>
  execFileSync("git", ["ls-files", ...paths], { cwd: ROOT, encoding: "utf8" })
    .trim()
    .split("\n");

/** Source of what users read. Not the practice lab's server scripts, which speak as other programs do, nor SQL. */
const sources = tracked("apps/*/src/*", "packages/*/src/*").filter(
  (path) => /\.tsx?$/.test(path) && !/\.(test|test-data)\.tsx?$/.test(path) && !/^packages\/(lab|store)\//.test(path),
);

function faultsOf(texts: readonly { readonly text: string; readonly where: string }[]): string[] {
  return texts.flatMap(({ text, where }) =>
    BANNED.flatMap(([pattern, reason]) => {
      const found = pattern.exec(text)?.[0];
      return found === undefined ? [] : [`${where}: '${found}' (${reason})`];
    }),
  );
}

describe("plain words", () => {
  test("strings of the source", () => {
    const texts = sources.flatMap((path) => userTexts(join(ROOT, path)).map(({ line, text }) => ({ text, where: `${path}:${line}` })));
    expect(texts.length).toBeGreaterThan(2_000);
    expect(faultsOf(texts)).toEqual([]);
  });

  test("documents", () => {
    const texts = tracked("README.md", "docs/*.md").flatMap((path) =>
      readFileSync(join(ROOT, path), "utf8")
        .split("\n")
        .map((text, index) => ({ text, where: `${path}:${index + 1}` })),
    );
    expect(faultsOf(texts)).toEqual([]);
  });

  test("each pattern finds its word", () => {
    const said = "Whoever mends it: mails vanish and are swallowed; somebody was told meanwhile that it works by itself.";
    expect(faultsOf([{ text: said, where: "here" }])).toHaveLength(9);
    expect(faultsOf([{ text: "The path MTU is 1400 bytes; larger packets are lost.", where: "here" }])).toEqual([]);
  });
});
