/** For supervisors: the process lives; the process can work. */
import type { Store } from "@mxray/store";
import type { App } from "../http/app-type.ts";
import { Refusal } from "../refusal.ts";

export async function healthRoutes(app: App, { store }: { store: Store }): Promise<void> {
  const options = { config: { access: "public" as const, pace: false as const }, schema: { hide: true } };
  app.get("/healthz", options, async () => ({ status: "ok" }));
  app.get("/readyz", options, async (request) => {
    try {
      await store.ping();
      return { status: "ok" };
    } catch (error) {
      request.log.error(error);
      throw new Refusal("store-unavailable", "The store does not answer; the server's log has the details.");
    }
  });
}
