/** What SQL engines write differently is in `sql/`: repositories call it, so that another engine has one place to differ. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const REPOSITORIES = new URL("../src/repositories/", import.meta.url);
const OWN_FORMS =
  /json_each|json_group_array|json_object|json_extract|group_concat|->>|\bprintf\(|\bstrftime\(|\binstr\(|\bpragma|\btemp(?:orary)? table\b/;

test("no repository writes an engine's own form", () => {
  const files = readdirSync(REPOSITORIES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(20);
  const found = files.filter((name) => OWN_FORMS.test(readFileSync(new URL(name, REPOSITORIES), "utf8")));
  expect(found).toEqual([]);
});
