import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { describeCapability } from "../kernel/capability.ts";
import { buildNetwork, type Network } from "../network/network.ts";

const capability = await describeCapability([["ping", "iputils-ping"]], true);
const LINK = 1;

interface Pings {
  readonly sent: number;
  readonly received: number;
  readonly duplicates: number;
  /** Milliseconds, in the order of arrival. */
  readonly times: readonly number[];
  /** Sequence numbers in the order of arrival. */
  readonly order: readonly number[];
}

async function ping(network: Network, count: number, everyS: number, { size = 56, family = 4 as 4 | 6 } = {}): Promise<Pings> {
  const to = family === 4 ? network.server.address.v4 : network.server.address.v6;
  const { stdout } = await network.client.exec("ping", ["-n", "-c", `${count}`, "-i", `${everyS}`, "-W", "1", "-s", `${size}`, to]);
  const replies = [...stdout.matchAll(/icmp_seq=(\d+) .*time=([0-9.]+) ms(.*)/g)];
  const first = replies.filter(([, , , mark]) => !mark?.includes("DUP"));
  return {
    sent: count,
    received: first.length,
    duplicates: replies.length - first.length,
    times: first.map(([, , time]) => Number(time)),
    order: first.map(([, sequence]) => Number(sequence)),
  };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

describe.skipIf(!capability.ok)("a relayed link", () => {
  let network: Network;
  beforeAll(async () => {
    network = await buildNetwork({ routers: 2, links: [{}, { relayed: true }] });
  });
  afterEach(() => network.reset());
  afterAll(() => network.stop());

  test.each([4, 6] as const)("carries everything at once while nothing is asked of it, over IPv%d", async (family) => {
    const pings = await ping(network, 100, 0.005, { family });
    expect(pings).toMatchObject({ received: 100, duplicates: 0, order: pings.order.toSorted((a, b) => a - b) });
    expect(median(pings.times)).toBeLessThan(10);
  });

  test("carries packets as large as its MTU, and the router answers for larger ones", async () => {
    await network.setLinkMtu(LINK, 1400);
    expect((await ping(network, 3, 0.01, { size: 1372 })).received).toBe(3);
    const larger = await network.client.exec("ping", ["-n", "-c1", "-W1", "-M", "do", "-s", "1373", network.server.address.v4]);
    expect(larger.stdout + larger.stderr).toMatch(/mtu = ?1400/);
  });

  test("delays each direction by what it is told", async () => {
    await network.relay(LINK, { outbound: { delayMs: 60 }, inbound: { delayMs: 40 } });
    const { times } = await ping(network, 20, 0.02);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(100);
    expect(median(times)).toBeLessThan(115);
  });

  test("loses at random the share it is told, in the direction it is told", async () => {
    await network.relay(LINK, { outbound: { loss: 0.2 }, seed: 5 });
    const { received, sent } = await ping(network, 800, 0.003);
    const deviation = Math.sqrt((0.2 * 0.8) / sent);
    expect(Math.abs(1 - received / sent - 0.2)).toBeLessThan(4 * deviation);
  });

  test("loses large packets only", async () => {
    await network.relay(LINK, { inbound: { largeLoss: { above: 600, share: 1 } } });
    expect((await ping(network, 10, 0.01, { size: 572 })).received).toBe(10);
    expect((await ping(network, 10, 0.01, { size: 573 })).received).toBe(0);
  });

  test("loses in bursts", async () => {
    await network.relay(LINK, { outbound: { bursts: { goodMs: 300, outageMs: [100, 300] } }, seed: 2 });
    const began = performance.now();
    const { order, sent } = await ping(network, 800, 0.005);
    // A busy machine sends them farther apart.
    const spacingMs = (performance.now() - began) / sent;
    const gaps = order.slice(1).map((sequence, index) => sequence - (order[index] ?? 0) - 1);
    expect(order.length).toBeLessThan(sent);
    expect(median(gaps.filter((each) => each > 0))).toBeGreaterThan(50 / spacingMs);
  });

  test("repeats and reorders", async () => {
    await network.relay(LINK, { outbound: { duplicates: 0.5 }, inbound: { reorder: { share: 0.3, lateMs: 30 } }, seed: 4 });
    const { duplicates, order } = await ping(network, 200, 0.005);
    expect(duplicates).toBeGreaterThan(50);
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  });

  test("forgets what it was told at a reset", async () => {
    await network.relay(LINK, { outbound: { loss: 1 } });
    expect((await ping(network, 3, 0.01)).received).toBe(0);
    await network.reset();
    expect((await ping(network, 3, 0.01)).received).toBe(3);
  });
});

test("a link that is not relayed cannot be told anything", async ({ skip }) => {
  if (!capability.ok) return skip(capability.reason);
  await using network = await buildNetwork({ routers: 1 });
  await expect(network.relay(0, { outbound: { loss: 1 } })).rejects.toThrow("link 0 is not relayed");
});
