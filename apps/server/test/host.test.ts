import type { HostHealth, HostSample } from "@mxray/contracts";
import { openStore, type Store } from "@mxray/store";
import { afterEach, expect, it } from "vitest";
import { HostWatch } from "../src/host/host-watch.ts";
import { LiveFeed } from "../src/live-feed.ts";
import { WorkHealth } from "../src/work-health.ts";

let store: Store;
afterEach(() => store.close());

/** A look each ten seconds of a clock that the test turns. */
async function machine(files: readonly number[]) {
  store = await openStore({ path: ":memory:" });
  let looks = 0;
  const sample = (): HostSample => ({
    at: new Date(Date.parse("2026-03-01T12:00:00Z") + looks * 10_000).toISOString(),
    gauges: { openFiles: { value: files[looks++] ?? null, limit: 1000 }, psiIoSome: { value: 1, limit: 100 } },
  });
  const onError = (error: unknown) => expect.unreachable(String(error));
  let news = 0;
  const watch = new HostWatch({ store, feed: new LiveFeed(), health: new WorkHealth(), sample, onChange: () => news++, onError });
  const look = async (times: number) => {
    for (let time = 0; time < times; time++) await watch.look();
    return (await store.findings.list({ limit: 9 })).findings.map(({ finding, state }) => `${finding.code} ${state}`);
  };
  return { watch, look, news: () => news };
}

it("opens a finding after minutes at a limit, and ends it after minutes below", async () => {
  const { look, news } = await machine([...Array<number>(20).fill(950), ...Array<number>(20).fill(850), ...Array<number>(20).fill(100)]);
  expect(await look(5)).toEqual([]);
  expect(await look(15)).toEqual(["host-files open"]);
  expect(news()).toBe(1);
  expect(await look(20), "between the levels").toEqual(["host-files open"]);
  expect(await look(20)).toEqual(["host-files fixed"]);
  expect(news()).toBe(2);
});

it("shows the newest sample and a thinned hour, in bounded memory", async () => {
  const { watch, look } = await machine([]);
  await look(400);
  const { sample, history }: HostHealth = watch.view();
  expect(history).toHaveLength(120);
  expect(history.at(-1)).toEqual({ at: sample?.at, values: { psiIoSome: 1 } });
});
