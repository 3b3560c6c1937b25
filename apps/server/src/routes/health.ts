/** For supervisors: the process lives; the process can work. */
import type { Store } from "@mxray/store";
import type { App } from "../http/app-type.ts";
import { Refusal } from "../refusal.ts";
import type { WorkHealth } from "../work-health.ts";

export async function healthRoutes(app: App, { store, health }: { store: Store; health: WorkHealth }): Promise<void> {
  const options = { config: { access: "public" as const, pace: false as const }, schema: { hide: true } };
  app.get("/healthz", options, async () => ({ status: "ok" }));
  app.get("/readyz", options, async (request) => {
    try {
      await store.ping();
      const problems = health.problems();
      // Still ready: pages that show the problem come through the same door.
      return problems.length === 0 ? { status: "ok" } : { status: "degraded", problems };
    } catch (error) {
      request.log.error(error);
      throw new Refusal("store-unavailable", "The store does not answer; the server's log has the details.");
    }
  });
}
