/** For Prometheus: the server's metrics, and the newest result of one target. */
import Type from "typebox";
import type { App } from "../http/app-type.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { PROBE_MODULES, type ProbeModule, type TargetMetrics } from "../metrics/target-metrics.ts";

export interface MetricRoutesDeps {
  readonly metrics: Metrics;
  readonly targets: TargetMetrics;
}

export async function metricRoutes(app: App, { metrics, targets }: MetricRoutesDeps): Promise<void> {
  const config = { access: "viewer" as const, scopes: ["metrics"] as const };

  app.get(
    "/metrics",
    { config, schema: { tags: ["metrics"], summary: "The server's metrics in Prometheus' text format" } },
    async (_request, reply) =>
      reply
        .header("cache-control", "no-store")
        .type(metrics.contentType)
        .send(await metrics.text()),
  );

  app.get(
    "/probe",
    {
      config,
      schema: {
        tags: ["metrics"],
        summary: "The newest result of one target in Prometheus' text format",
        description:
          "Answers at once with the newest result and its age; without one, only `mxray_probe_under_way`. Starts a probe where the newest is older than the interval of watched targets.",
        querystring: Type.Object({
          target: Type.String({ minLength: 1, maxLength: 400, description: "as for a probe; of a mail address its domain is probed" }),
          module: Type.Enum([...PROBE_MODULES] as [ProbeModule, ...ProbeModule[]], {
            default: "default",
            description: "`ipv4` and `ipv6` probe over that family only",
          }),
        }),
      },
    },
    async ({ query: { target, module } }, reply) =>
      reply
        .header("cache-control", "no-store")
        .type(metrics.contentType)
        .send(await targets.text(target, module)),
  );
}
