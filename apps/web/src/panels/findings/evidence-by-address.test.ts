import type { Evidence } from "@mxray/contracts";
import { expect, test } from "vitest";
import { evidenceByAddress } from "./evidence-by-address.ts";

const V4 = "192.0.2.1";
const V6 = "2001:db8::1";
const row = (address: string | null, text: string): Evidence => ({
  at: "2026-03-01T10:00:00Z",
  source: "probe",
  text: address === null ? text : `${address}: ${text}`,
  data: address === null ? {} : { address },
});

test("says once what is true of both addresses, and the rest below each", () => {
  const rows = [row(V4, "19 arrived."), row(V4, "EHLO was refused."), row(V6, "25 arrived."), row(V6, "EHLO was refused.")];
  expect(evidenceByAddress(rows)).toEqual([
    { address: null, texts: ["EHLO was refused."] },
    { address: V4, texts: ["19 arrived."] },
    { address: V6, texts: ["25 arrived."] },
  ]);
});

test("takes the address off, with the host's name where that is before it", () => {
  const named = { ...row(V4, ""), text: `mx1.example.test [${V4}]: 1500 bytes arrived.` };
  const without = { ...row(V6, ""), text: "1500 bytes arrived." };
  expect(evidenceByAddress([named, without])).toEqual([{ address: null, texts: ["1500 bytes arrived."] }]);
});

test("needs no address where there is one, or none", () => {
  expect(evidenceByAddress([row(V4, "19 arrived."), row(null, "A log line.")])).toEqual([
    { address: null, texts: ["19 arrived.", "A log line."] },
  ]);
  expect(evidenceByAddress([])).toEqual([]);
});
