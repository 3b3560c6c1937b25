import { describe, expect, test } from "vitest";
import { isMaskedKeyword, maskOfGreeting } from "../src/session/greeting-mask.ts";

describe("a greeting's mask", () => {
  test.each([
    // Synthetic, in the shapes that the firewall generations leave.
    ["220 **********0******0****20 ****200**0***", "pix"],
    ["220 ** 2 *", "pix"],
    ["220 *******************************", "full"],
    ["220****", "full"],
    ["********************", "full"],
    ["220 mx1.example.test ESMTP *** no unsolicited mail ***", "none"],
    ["220 mx1.example.test ESMTP", "none"],
    ["220 ", "none"],
    ["220 20 02", "none"],
    ["220 mx1 ******************** ready", "partial"],
    ["220-********\n220 ********", "partial"],
  ] as const)("of %j is %s", (text, mask) => {
    expect(maskOfGreeting(text)).toBe(mask);
  });
});

describe("a masked EHLO keyword", () => {
  test.each([
    ["XXXXXXXA", true],
    ["XXXB", true],
    ["XXXXXXXXA 1", true],
    ["XCLIENT NAME", false],
    ["STARTTLS", false],
    ["XEXCH50", false],
    ["XA", false],
  ])("%j: %s", (keyword, masked) => {
    expect(isMaskedKeyword(keyword)).toBe(masked);
  });
});
