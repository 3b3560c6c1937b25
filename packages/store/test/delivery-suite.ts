import { expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { AT, LATER } from "./suite-data.ts";

export function deliverySuite(storeOf: () => Store): void {
  const limits = { since: AT, perRecipient: 2, overall: 3 };
  const start = (probeId: string, at = LATER, deliverTo = "me@example.test") =>
    storeOf().deliveries.begin({ probeId, recipient: deliverTo, at, messageIds: ["<1@here>", "<2@here>"] }, limits);
  const admit = (deliverTo: string, createdAt = LATER) =>
    storeOf().probes.admit(
      { target: "example.test", request: { target: "example.test", deliverTo }, createdAt, previousId: null },
      { unended: 99, deliveries: limits },
    );
  const admitted = async (deliverTo: string, createdAt = LATER) => {
    const probe = await admit(deliverTo, createdAt);
    if (typeof probe === "string") throw new Error(probe);
    return probe.id;
  };

  it("are limited per recipient and overall, without case; what is refused leaves no probe", async () => {
    await admitted("me@example.test");
    const second = await admitted("ME@Example.Test");
    expect(await admit("me@example.test")).toBe("perRecipient");
    await admitted("you@example.test");
    expect(await admit("they@example.test")).toBe("overall");
    expect((await storeOf().probes.list({ limit: 9 })).probes).toHaveLength(3);
    await storeOf().probes.delete(second);
    // What is forgotten still counts.
    expect(await admit("me@example.test")).toBe("perRecipient");
  });

  it("of long ago do not count, and one limit holds for all that ask at once", async () => {
    for (let index = 0; index < 3; index += 1) expect(await admit("me@example.test", AT)).toHaveProperty("id");
    const answers = await Promise.all(Array.from({ length: 5 }, () => admit("me@example.test")));
    expect(answers.filter((answer) => typeof answer !== "string")).toHaveLength(2);
  });

  it("begin once for each probe, whoever asks, and also when nobody asked for them before", async () => {
    const id = await admitted("me@example.test");
    expect(await storeOf().deliveries.ofProbe(id)).toBeNull();
    const answers = await Promise.all(Array.from({ length: 5 }, () => start(id)));
    expect(answers.toSorted()).toEqual(["begun", "repeated", "repeated", "repeated", "repeated"]);
    expect(await storeOf().deliveries.ofProbe(id)).toEqual({
      recipient: "me@example.test",
      begunAt: LATER,
      messageIds: ["<1@here>", "<2@here>"],
    });
    expect([await start("of another version"), await start("of another version")]).toEqual(["begun", "repeated"]);
  });

  it("are limited where they begin: those that waited for long do not all leave at once", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.push(await admitted("me@example.test", AT));
    expect([await start(ids[0] ?? "", LATER), await start(ids[1] ?? "", LATER)]).toEqual(["begun", "begun"]);
    expect(await start(ids[2] ?? "", LATER)).toBe("perRecipient");
    expect(await storeOf().deliveries.ofProbe(ids[2] ?? "")).toBeNull();
    expect(await start("another", LATER, "you@example.test")).toBe("begun");
    expect(await start("one more", LATER, "they@example.test")).toBe("overall");
  });
}
