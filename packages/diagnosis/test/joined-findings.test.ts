import { type MailHostObservation, remedyForms } from "@mxray/contracts";
import { expect, test } from "vitest";
import { compareProbes, diagnoseHosts, diagnoseProbe, probeReportOf } from "../src/index.ts";
import { blackHole, host, path, probe } from "./observation.ts";

const hole = (other: Partial<MailHostObservation> = {}) => host({ path: path({ outbound: blackHole() }), ...other });
const V6 = { family: 6, address: "2001:db8::25" } as const;
const holesOf = (...hosts: readonly MailHostObservation[]) => diagnoseProbe(probe(hosts)).filter(({ code }) => code === "pmtu-black-hole");
const TITLE = "Packets of more than 1400 bytes are lost on the way to mx1.example.test";

test("a fault of one address is a finding with one subject", () => {
  const [only, ...others] = holesOf(hole());
  expect(others).toEqual([]);
  expect(only).toMatchObject({ title: TITLE, subjects: [only?.subject] });
  expect(Date.parse(only?.since ?? "")).not.toBeNaN();
});

test("a fault of both families, or of several addresses of one host, is one finding with its subjects", () => {
  const [only, ...others] = holesOf(hole(), hole({ address: "203.0.113.26" }), hole(V6));
  expect(others).toEqual([]);
  expect(only?.title).toBe(TITLE);
  expect(only?.subjects.map(({ address }) => address)).toEqual(["203.0.113.25", "203.0.113.26", "2001:db8::25"]);
  expect(only?.subject).toEqual(only?.subjects[0]);
  // Each row says of which address it is.
  for (const { text, data } of only?.evidence ?? []) expect(text.startsWith(`${data.address}: `)).toBe(true);
  // What is true of all is said once.
  const sentences = only?.summary.split(/(?<=\.) (?=[A-Z])/) ?? [];
  expect(sentences.filter((sentence) => sentence.includes("Short messages get through."))).toHaveLength(1);
  expect(new Set(sentences).size).toBe(sentences.length);
  // Remedies that are typed differently for each say for which.
  const keys = only?.remedies.map(({ id, title }) => `${id} ${title}`) ?? [];
  expect(new Set(keys).size).toBe(keys.length);
  const forms = remedyForms(only?.remedies ?? []);
  expect(new Set(forms.map(({ title, forms: [form] }) => `${form?.remedy.platform} ${title}`)).size).toBe(forms.length);
  expect(forms.find(({ forms: [form] }) => form?.remedy.id === "linux-mtu-probing")).toMatchObject({
    title: "Linux: enable TCP MTU probing",
    forms: [{ address: "203.0.113.25" }, { address: "203.0.113.26" }, { address: "2001:db8::25" }],
  });
});

test("hosts of different names have findings of their own, and so have those without a name", () => {
  expect(holesOf(hole(), hole({ name: "mx2.example.test", address: "203.0.113.26" }))).toHaveLength(2);
  expect(holesOf(hole({ name: null }), hole({ name: null, address: "203.0.113.26" }))).toHaveLength(2);
});

test("what is kept of each address is about that address alone", () => {
  const own = diagnoseHosts(probe([hole(), hole(V6)])).filter(({ code }) => code === "pmtu-black-hole");
  expect(own.map(({ subjects }) => subjects.map(({ address }) => address))).toEqual([["203.0.113.25"], ["2001:db8::25"]]);
});

test("a check that mends one family of two proves nothing of the other", () => {
  const before = probeReportOf(probe([hole(), hole(V6)]));
  const fates = (...hosts: readonly MailHostObservation[]) =>
    compareProbes(before, probeReportOf(probe(hosts)))
      .findings.filter(({ code }) => code === "pmtu-black-hole")
      .map(({ fate }) => fate);
  expect(fates(host(), hole(V6))).toEqual(["remains"]);
  expect(fates(host())).toEqual(["unproven"]);
  expect(fates(host(), host(V6))).toEqual(["fixed"]);
});
