import { describe, expect, test } from "vitest";
import { endOfData } from "./end-of-data.ts";

function feedAll(losesSplit: boolean, pieces: readonly string[]): (number | null)[] {
  const finder = endOfData(losesSplit);
  return pieces.map((piece) => finder.feed(Buffer.from(piece, "latin1")));
}

describe("the end of data", () => {
  test("is found in one piece, with what follows left over", () => {
    expect(feedAll(false, ["a line\r\n.\r\nQUIT\r\n"])).toEqual([11]);
  });

  test("is found however it is cut", () => {
    const whole = "x\r\n.\r\n";
    for (let cut = 1; cut < whole.length; cut++) {
      expect(feedAll(false, [whole.slice(0, cut), whole.slice(cut)]), `cut at ${cut}`).toEqual([null, whole.length - cut]);
    }
    expect(feedAll(false, [...whole])).toEqual([null, null, null, null, null, 1]);
  });

  test("of an empty message is a dot on the first line", () => {
    expect(feedAll(false, [".\r\n"])).toEqual([3]);
  });

  test("is not a dot within a line, nor one behind a bare line feed", () => {
    expect(feedAll(false, ["x.\r\n", "\n.\n", ".x\r\n"])).toEqual([null, null, null]);
  });

  test("is lost by the blind one when the dot and its CRLF are apart, and found when they are together", () => {
    expect(feedAll(true, ["x\r\n.", "\r\n"])).toEqual([null, null]);
    expect(feedAll(true, ["x\r\n.\r", "\n"])).toEqual([null, null]);
    expect(feedAll(true, ["x\r\n", ".\r\n"])).toEqual([null, 3]);
    expect(feedAll(true, ["x\r\n.", "\r\n", "\r\n.\r\n"])).toEqual([null, null, 5]);
  });
});
