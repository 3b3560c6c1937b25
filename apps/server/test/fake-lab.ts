/** Stands for the practice lab's process in tests: what it does with a probe is what the target's name says. */
import type { ProbeObservation } from "@mxray/contracts";
import type { ProbeCall } from "@mxray/probe";

const say = (notice: unknown) => process.send?.(notice);
let stray = "";
const EVENT = { type: "stage-begun", host: 0, stage: "connect" };

process.on("disconnect", () => process.exit());
process.on("message", (message) => {
  const call = message as ProbeCall;
  if (call.do === "admit") return done(stray, {}, String(call.refusal));
  if (call.do === "cancel") return done(call.id, { ended: "cancelled" });
  if (call.do !== "probe") return;
  const { id, options } = call;
  switch (options.target.host) {
    case "crash.lab.test":
      return process.exit(3);
    case "hang.lab.test":
      return;
    case "slow.lab.test":
      say({ tell: "event", id, event: EVENT });
      setTimeout(() => done(id, {}), 500);
      return;
    case "nonsense.lab.test":
      return say({ tell: "event", id, event: { type: "<script>" } });
    case "flood.lab.test":
      for (let count = 0; count < 21_000; count += 1) say({ tell: "event", id, event: EVENT });
      return;
    case "stray.lab.test":
      stray = id;
      return say({ tell: "ask", id, ask: 1, host: { name: "elsewhere.lab.test", address: "198.51.100.7", port: 25 } });
    case "bug.lab.test":
      return say({ tell: "threw", id, reason: "at /etc/secret" });
    default:
      return done(id, { vantage: { name: "local", host: "elsewhere", version: "9" } });
  }
});
say({
  tell: "ready",
  domains: [{ domain: "nothing.lab.test", title: "There is nothing.", finding: "no-mail-host" }],
  addresses: ["203.0.113.9", "2001:db8:ff::9"],
});

function done(id: string, over: Partial<ProbeObservation>, error = "There is no such name."): void {
  const observation: ProbeObservation = {
    schema: "mxray.probe/1",
    target: "nothing.lab.test",
    vantage: { name: "lab", host: "client", version: "0" },
    startedAt: new Date().toISOString(),
    durationMs: 1,
    resolution: { kind: "none", records: [], error, failure: "no-such-name", unresolved: [] },
    hosts: [],
    controls: [],
    ended: null,
    ...over,
  };
  say({ tell: "done", id, observation });
}
