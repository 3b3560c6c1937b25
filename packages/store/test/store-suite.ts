/** What every engine of the store must do; a second engine joins by calling `describeStore` with its own way to open one. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../src/index.ts";
import { alertSuite } from "./alert-suite.ts";
import { auditSuite } from "./audit-suite.ts";
import { choreSuite } from "./chore-suite.ts";
import { deliverySuite } from "./delivery-suite.ts";
import { findingSuite } from "./finding-suite.ts";
import { hostFindingSuite } from "./host-finding-suite.ts";
import { linkSuite } from "./link-suite.ts";
import { logFindingSuite } from "./log-finding-suite.ts";
import { logPeerSuite } from "./log-peer-suite.ts";
import { logSuite } from "./log-suite.ts";
import { logViewSuite } from "./log-view-suite.ts";
import { metricSuite } from "./metric-suite.ts";
import { oldProbeSuite } from "./old-probe-suite.ts";
import { ourSideSuite } from "./our-side-suite.ts";
import { peerDaySuite } from "./peer-day-suite.ts";
import { peerSuite } from "./peer-suite.ts";
import { probeSuite } from "./probe-suite.ts";
import { sessionSuite } from "./session-suite.ts";
import { settingSuite } from "./setting-suite.ts";
import { stressSuite } from "./stress-suite.ts";
import { hole, LATER, LATEST, storeSteps } from "./suite-data.ts";
import { userSuite } from "./user-suite.ts";
import { wallSuite } from "./wall-suite.ts";
import { watchSuite } from "./watch-suite.ts";

export function describeStore(name: string, open: () => Promise<Store>, forget: () => Promise<void> = async () => undefined): void {
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
      await forget();
    });

    const { run } = storeSteps(() => store);

    it("answers", async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    describe("probes", () => probeSuite(() => store));

    describe("findings", () => findingSuite(() => store));

    describe("alerts", () => alertSuite(() => store));

    describe("findings about this machine", () => hostFindingSuite(() => store));
    describe("our side", () => ourSideSuite(() => store));

    describe("links", () => linkSuite(() => store));

    describe("stress runs", () => stressSuite(() => store));

    describe("deliveries", () => deliverySuite(() => store));

    describe("sessions", () => sessionSuite(() => store));

    describe("users", () => userSuite(() => store));

    describe("the audit", () => auditSuite(() => store));

    describe("peers", () => peerSuite(() => store));

    describe("logs", () => {
      logSuite(() => store);
      logPeerSuite(() => store);
      logViewSuite(() => store);
      peerDaySuite(() => store);
      logFindingSuite(
        () => store,
        async (finding) => (await store.findings.ofProbe(await run([finding], LATEST)))[0]?.id ?? "",
        (id, at) => run([], at, [id]),
      );
    });

    describe("watches", () => watchSuite(() => store));

    describe("chores", () => choreSuite(() => store));

    describe("settings", () => settingSuite(() => store));

    describe("old probes", () => oldProbeSuite(() => store));

    describe("the wall", () => wallSuite(() => store));

    describe("metrics", () => metricSuite(() => store));

    it("keeps transactions apart when many write at once", async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => run([hole()], LATER)));
      expect(new Set(ids).size).toBe(20);
      expect((await store.findings.list({ limit: 50 })).findings).toHaveLength(1);
      expect((await store.probes.list({ limit: 50 })).probes.every(({ status }) => status === "done")).toBe(true);
    });
  });
}
