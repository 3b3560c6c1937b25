/** A day of a monitor, by a simulated clock: whom a fault wakes that comes and goes, and how often. */
import { canonicalAddress, type MailHostObservation } from "@mxray/contracts";
import { diagnoseHosts, verdictOf } from "@mxray/diagnosis";
import { openStore, type Store } from "@mxray/store";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { blackHole, host, path, probe, unreachableHost } from "../../../../packages/diagnosis/test/observation.ts";
import { LiveFeed } from "../../src/live-feed.ts";
import { HostPace } from "../../src/probing/host-pace.ts";
import { ProbeWork } from "../../src/probing/probe-work.ts";
import { Watcher } from "../../src/watching/watcher.ts";
import { WorkHealth } from "../../src/work-health.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BEGIN = Date.parse("2026-03-01T00:00:00.000Z");
const PLACE = { name: "mx1.example.test", address: canonicalAddress("198.51.100.25")?.text ?? "" };
const FAULTS: Readonly<Record<string, MailHostObservation>> = {
  "connect-timeout": unreachableHost("timeout", PLACE),
  "pmtu-black-hole": host({ ...PLACE, path: path({ outbound: blackHole() }) }),
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: BEGIN });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A round takes so long. */
const ROUND_MS = 5000;

async function watchingOf(store: Store) {
  const onError = (error: unknown) => {
    throw error;
  };
  const deps = { store, feed: new LiveFeed(), health: new WorkHealth(), onError };
  const watcher = new Watcher({
    ...deps,
    config: { concurrency: 8 },
    interval: () => 15 * MINUTE_MS,
    most: () => 1000,
    probes: null as never,
  });
  const work = new ProbeWork({
    ...deps,
    consequences: { roundEnd: watcher.roundEnd.bind(watcher), ended: () => undefined, placeLeft: () => undefined },
    vantages: null as never,
    settings: null as never,
    pace: new HostPace(0),
  });
  const createdAt = new Date(BEGIN).toISOString();
  const put = await store.watches.put({ target: PLACE.address, request: { target: PLACE.address }, createdAt, dueAt: createdAt }, 9);
  return { work, watchId: put?.id ?? "" };
}

/** What a channel gets in a day. @param fails at a round (from 0) and a time (milliseconds since the beginning) */
async function day(code: string, fails: (round: number, time: number) => boolean) {
  const store = await openStore({ path: ":memory:" });
  const { work, watchId } = await watchingOf(store);
  const channel = { name: "noc", kind: "webhook", url: "http://hooks.example.test/x", secret: null, secretFrom: null } as const;
  const rest = { from: null, to: [], severities: ["critical"], remindHours: null, quiet: null, paused: false } as const;
  await store.channels.create({ ...channel, ...rest }, new Date().toISOString());
  const sent: string[] = [];
  let rounds = 0;
  const round = async () => {
    const hosts = [(fails(rounds, Date.now() - BEGIN) ? FAULTS[code] : undefined) ?? host(PLACE)];
    rounds += 1;
    const request = { target: PLACE.address };
    const asked = { target: PLACE.address, request, createdAt: new Date().toISOString(), previousId: null, watchId };
    const { id } = await store.probes.create(asked);
    vi.setSystemTime(Date.now() + ROUND_MS);
    const observation = probe(hosts, { target: PLACE.address, startedAt: asked.createdAt });
    const findings = diagnoseHosts(observation);
    await work.end(id, { status: "done", result: { observation, findings, verdict: verdictOf(findings) }, error: null });
  };
  const deliver = async () => {
    const now = new Date().toISOString();
    await store.alerts.prepare(now, now);
    for (const { number, attempt, event, finding } of await store.alerts.claim({ now, until: now, busy: [] })) {
      sent.push(`${event} ${finding?.code}`);
      await store.alerts.end(number, attempt, { state: "delivered", at: now, answer: "200" });
    }
  };
  while (Date.now() < BEGIN + DAY_MS) {
    const roundAt = Date.parse((await store.watches.get(watchId))?.dueAt ?? "");
    const alertAt = Date.parse((await store.alerts.nextDueAt()) ?? "9999-12-31T00:00:00.000Z");
    vi.setSystemTime(Math.max(Date.now(), Math.min(roundAt, alertAt)));
    await (alertAt <= roundAt ? deliver() : round());
  }
  await store.close();
  return { rounds, sent };
}

describe.each(Object.keys(FAULTS))("%s", (code) => {
  it("at every third round wakes nobody", async () => {
    const { rounds, sent } = await day(code, (round) => round % 3 === 2);
    expect(rounds).toBeGreaterThan(90);
    expect(sent).toEqual([]);
  });

  it("for two hours, twice, is two alerts and two fixes", async () => {
    const within = (time: number, from: number) => time >= from * HOUR_MS && time < (from + 2) * HOUR_MS;
    const { sent } = await day(code, (_, time) => within(time, 4) || within(time, 14));
    expect(sent).toEqual([`opened ${code}`, `fixed ${code}`, `opened ${code}`, `fixed ${code}`]);
  });
});
