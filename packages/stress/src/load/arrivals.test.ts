import { describe, expect, it } from "vitest";
import { loadOptions } from "../../test/load-options.ts";
import { arrivals } from "./arrivals.ts";

const due = (options: Parameters<typeof loadOptions>[0]) => [...arrivals(loadOptions(options))];

describe("due times", () => {
  it("are even at a constant rate", () => {
    expect(due({ rate: 10, seconds: 1 })).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  });

  it("end with the messages, too", () => {
    expect(due({ rate: 10, seconds: 100, messages: 3 })).toEqual([0, 100, 200]);
    expect(due({ rate: 10, messages: 25 })).toHaveLength(25);
  });

  it("rise in a ramp: half as many messages in its time", () => {
    const times = due({ rate: 100, ramp: 10, seconds: 20 });
    expect(times.filter((ms) => ms < 10_000)).toHaveLength(500);
    expect(times).toHaveLength(1500);
    expect(times.filter((ms) => ms < 5000)).toHaveLength(125);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  it("rise in steps", () => {
    const times = due({ rate: 40, steps: 4, seconds: 8 });
    expect([0, 1, 2, 3].map((step) => times.filter((ms) => ms >= step * 2000 && ms < (step + 1) * 2000).length)).toEqual([20, 40, 60, 80]);
  });

  it("rise for the middle third in a spike", () => {
    const times = due({ rate: 10, spike: 5, seconds: 9 });
    expect([0, 1, 2].map((third) => times.filter((ms) => ms >= third * 3000 && ms < (third + 1) * 3000).length)).toEqual([30, 150, 30]);
  });

  it("are all at once without a rate", () => {
    expect(due({ messages: 4 })).toEqual([0, 0, 0, 0]);
  });
});
