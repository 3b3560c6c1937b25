/** The far end of a probe: the agent whose machine has the address watches it, and only the probe's own connections come back. */
import type { FarConnection, ProbeObservation } from "@mxray/contracts";
import { type FarWatcher, type ProbeNotice, RemoteProber } from "@mxray/probe";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { expect, it } from "vitest";
import type { Settings } from "../src/live-settings.ts";
import { FarEnds } from "../src/probing/far-ends.ts";
import { AgentVantage } from "../src/vantages/agent-vantage.ts";
import { ProbeNotice as ProbeNoticeSchema } from "../src/vantages/remote-wire.ts";
import { Vantages } from "../src/vantages/vantages.ts";

const MAIL = "192.0.2.25";
const far = (port: number, bytes: number): FarConnection => ({
  peer: { address: "198.51.100.7", port },
  received: { bytes, size: 1400 },
  sent: { bytes: 10, acked: 10, again: 0, size: 1500 },
  gaps: [],
});

/** An agent at work that has this address, with a watcher of its own. */
function agentOf(watchFarEnd: FarWatcher): { vantage: AgentVantage; stop: () => void } {
  const vantage = new AgentVantage({ name: "mail", settings: {} as Settings });
  const over = new AbortController();
  const prober = new RemoteProber({
    runProbe: () => Promise.reject(new Error("Nothing is probed from here.")),
    watchFarEnd,
    tell(notice: ProbeNotice) {
      expect(Compile(Type.Array(ProbeNoticeSchema)).Errors([notice])).toEqual([]);
      vantage.heard([notice]);
    },
  });
  const work = async () => {
    for (let after = 0; !over.signal.aborted; ) {
      const { calls, upTo } = await vantage.work(after, { host: "mail", version: "0", addresses: [MAIL] }, over.signal);
      for (const call of calls) prober.receive(call);
      after = upTo;
    }
  };
  void work();
  return {
    vantage,
    stop() {
      over.abort();
      void vantage.stop();
    },
  };
}

function observed(address: string, locals: readonly string[]): ProbeObservation {
  const connections = locals.map((local, index) => ({ n: index + 1, local }));
  return { hosts: [{ address, port: 25, connections, bothEnds: { agent: "liar", connections: [] } }] } as unknown as ProbeObservation;
}

it("asks the agent that has the address, and takes what belongs to the probe", async () => {
  const asked: unknown[] = [];
  const { vantage, stop } = agentOf((address, port) => {
    asked.push([address, port]);
    // One port was used twice, and another client is connected as well.
    return { stop: (flows) => [far(4000, 1), far(4000, 2), far(9999, 3)].filter(() => flows.length > 0) };
  });
  const ends = new FarEnds(new Vantages([vantage]), "local");
  await ends.begin({ name: null, address: MAIL, port: 25 });
  await ends.begin({ name: null, address: MAIL, port: 25 });
  await ends.begin({ name: null, address: "192.0.2.26", port: 25 });
  expect(asked).toEqual([[MAIL, 25]]);
  const { hosts } = await ends.end(observed(MAIL, ["198.51.100.7:4000", "198.51.100.7:4001", "198.51.100.7:4000"]));
  expect(hosts[0]?.bothEnds).toMatchObject({
    agent: "mail",
    connections: [
      { n: 1, received: { bytes: 1 } },
      { n: 3, received: { bytes: 2 } },
    ],
  });
  stop();
});

it("says nothing of a host without an agent, of one that cannot watch, and of the vantage itself", async () => {
  const { vantage, stop } = agentOf(() => null);
  for (const [from, address] of [
    ["local", "192.0.2.26"],
    ["local", MAIL],
    ["mail", MAIL],
  ] as const) {
    const ends = new FarEnds(new Vantages([vantage]), from);
    await ends.begin({ name: null, address, port: 25 });
    expect((await ends.end(observed(address, ["198.51.100.7:4000"]))).hosts[0]?.bothEnds).toBeUndefined();
    await ends.stop();
  }
  stop();
});
