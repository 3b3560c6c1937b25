import type { ProbeEvent } from "@mxray/contracts";
import { describe, expect, it } from "vitest";
import { type ProbeStory, tellProbeStory, UNTOLD } from "./probe-story.ts";

const line = (text: string): ProbeEvent => ({ type: "transcript", host: 0, line: { at: 0, dir: "*", text, connection: 1 } });
const host: ProbeEvent = { type: "host", host: 0, name: "mx.example", address: "192.0.2.1", family: 4, port: 25, preference: null };
const STEPS = [host, ...["a", "b", "c", "d", "e"].map(line)];

const step = (story: ProbeStory, sequence: number, event = STEPS[sequence]): ProbeStory =>
  event === undefined ? story : tellProbeStory(story, { type: "step", step: { type: "probe-event", id: "1", sequence, event } });
const soFar = (story: ProbeStory, count: number, startedAt = "then", events = STEPS) =>
  tellProbeStory(story, { type: "so-far", detail: { startedAt, events: events.slice(0, count) } });
const told = ({ live }: ProbeStory) => live.hosts.flatMap(({ transcript }) => transcript.map(({ text }) => text)).join("");

describe("a probe’s story", () => {
  it("is told once, whatever comes by both ways and in whichever order", () => {
    for (const known of [0, 1, 3, 5, 6]) {
      for (const heardFrom of [0, 1, known]) {
        let story = UNTOLD;
        for (let sequence = heardFrom; sequence < 5; sequence += 1) story = step(story, sequence);
        story = soFar(story, known);
        story = step(story, 5);
        if (heardFrom > known) continue;
        expect(told(story), `${known} known, heard from ${heardFrom}`).toBe("abcde");
        expect(story).toMatchObject({ next: 6, lacks: false, early: [] });
      }
    }
  });

  it("notices a gap, and waits for what was missed", () => {
    let story = step(soFar(UNTOLD, 2), 4);
    expect(story).toMatchObject({ next: 2, lacks: true });
    expect(told(story)).toBe("a");
    story = step(soFar(story, 4), 5);
    expect(told(story)).toBe("abcde");
    expect(story.lacks).toBe(false);
  });

  it("asks again after the connection was away, and repeats nothing", () => {
    let story = tellProbeStory(soFar(UNTOLD, 3), { type: "connected" });
    expect(story.lacks).toBe(true);
    story = soFar(step(story, 4), 4);
    expect(told(story)).toBe("abcd");
  });

  it("begins anew with a probe that was begun anew", () => {
    const anew = [host, line("x"), line("y")];
    let story = tellProbeStory(soFar(UNTOLD, 5), { type: "connected" });
    story = step(story, 2, anew[2]);
    story = soFar(story, 2, "now", anew);
    expect(told(story)).toBe("xy");
  });
});
