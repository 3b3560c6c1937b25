/** Whose alerts wait while a maintenance window is open. */
import { openStore } from "@mxray/store";
import { expect, it } from "vitest";
import { host, probe } from "../../../../packages/diagnosis/test/observation.ts";
import { silencedHosts } from "../../src/watching/silenced-hosts.ts";

const AT = "2026-03-01T10:00:00.000Z";
const during = Date.parse("2026-03-01T10:30:00.000Z");

it("a window covers its targets, those with its tags, and the hosts that their newest probes met", async () => {
  const store = await openStore({ path: ":memory:" });
  const watch = async (target: string, tags: string[]) => {
    const put = await store.watches.put({ target, request: { target }, createdAt: AT, dueAt: AT, settings: { tags } }, 9);
    const { id } = await store.probes.create({ target, request: { target }, createdAt: AT, previousId: null, watchId: put?.id ?? "" });
    const met = [host({ name: `MX.${target}`, address: tags.length > 0 ? "192.0.2.1" : "2001:DB8::1" })];
    await store.probes.finish(id, {
      ...{ status: "done", finishedAt: AT, observation: probe(met), findings: [], fixed: [], verdict: null, error: null },
    });
  };
  await watch("tagged.test", ["partner"]);
  await watch("named.test", []);
  await watch("other.test", []);
  const window = { targets: ["named.test", "192.0.2.9:25"], tags: ["partner"], beginsAt: AT, cron: null, timezone: "UTC", minutes: 60 };
  await store.maintenance.put({ name: "move", ...window });
  await store.maintenance.put({ name: "over", ...window, targets: ["other.test"], tags: [], minutes: 10 });
  const until = "2026-03-01T11:00:00.000Z";
  expect((await silencedHosts(store, during)).toSorted((one, other) => one.names.length - other.names.length)).toEqual([
    { until, names: [], addresses: ["192.0.2.9"] },
    { until, names: ["named.test", "mx.named.test"], addresses: ["2001:db8::1"] },
    { until, names: ["tagged.test", "mx.tagged.test"], addresses: ["192.0.2.1"] },
  ]);
  expect(await silencedHosts(store, during + 3_600_000)).toEqual([]);
  await store.close();
});
