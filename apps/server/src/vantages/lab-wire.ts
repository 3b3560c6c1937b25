/** What the practice lab's process says to the server, over Node's IPC, besides what any prober tells. */
import { PracticeDomain } from "@mxray/contracts/schemas";
import Type, { type Static } from "typebox";
import { ProbeNotice } from "./remote-wire.ts";

const LabReady = Type.Object({
  tell: Type.Literal("ready"),
  domains: Type.Array(PracticeDomain, { maxItems: 200 }),
  /** All that may be probed. */
  addresses: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 400 }),
});
export type LabReady = Static<typeof LabReady>;

export const LabNotice = Type.Union([
  LabReady,
  /** It could not be built, or a part of it ended; the process ends. */
  Type.Object({ tell: Type.Literal("failed"), reason: Type.String({ maxLength: 4000 }) }),
  ProbeNotice,
]);
export type LabNotice = Static<typeof LabNotice>;
