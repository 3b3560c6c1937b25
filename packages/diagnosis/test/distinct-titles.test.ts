import type { MailHostObservation } from "@mxray/contracts";
import { expect, test } from "vitest";
import { diagnoseProbe } from "../src/index.ts";
import { blackHole, host, path, probe } from "./observation.ts";

const hole = (other: Partial<MailHostObservation> = {}) => host({ path: path({ outbound: blackHole() }), ...other });
const titlesOf = (...hosts: readonly MailHostObservation[]) =>
  diagnoseProbe(probe(hosts))
    .filter(({ code }) => code === "pmtu-black-hole")
    .map(({ title }) => title)
    .sort();
const TITLE = "Packets of more than 1400 bytes vanish on the way to mx1.example.test";

test("one address needs no more than the host's name", () => {
  expect(titlesOf(hole())).toEqual([TITLE]);
});

test("both families of a host are told apart by their names", () => {
  expect(titlesOf(hole(), hole({ family: 6, address: "2001:db8::25" }))).toEqual([`${TITLE} (IPv4)`, `${TITLE} (IPv6)`]);
});

test("several addresses of one family are told apart by themselves", () => {
  const second = { address: "203.0.113.26" };
  expect(titlesOf(hole(), hole(second), hole({ family: 6, address: "2001:db8::25" }))).toEqual([
    `${TITLE} (203.0.113.25)`,
    `${TITLE} (203.0.113.26)`,
    `${TITLE} (IPv6)`,
  ]);
});

test("hosts of different names are told apart already", () => {
  expect(titlesOf(hole(), hole({ name: "mx2.example.test", address: "203.0.113.26" }))).toEqual([TITLE, TITLE.replace("mx1", "mx2")]);
});
