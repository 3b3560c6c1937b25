import { expect, it } from "vitest";
import { isPracticeName } from "./practice-name.ts";

it("knows the names of the practice lab", () => {
  for (const name of ["lab.test", "black-hole.lab.test", "MX.Several.LAB.test."]) expect(isPracticeName(name), name).toBe(true);
  for (const name of ["collab.test", "lab.test.example", "192.0.2.1", "test", ""]) expect(isPracticeName(name), name).toBe(false);
});
