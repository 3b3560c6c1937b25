/** The Grafana dashboard of docs/: what of Grafana's format it must keep, and its queries. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Type, { type Static } from "typebox";

const Datasource = Type.Object({ type: Type.Literal("prometheus"), uid: Type.Literal("$" + "{datasource}") });
const Whole = (minimum: number, maximum = 1000) => Type.Integer({ minimum, maximum });

export const Dashboard = Type.Object({
  uid: Type.String({ minLength: 1, maxLength: 40 }),
  title: Type.String({ minLength: 1 }),
  schemaVersion: Whole(36),
  time: Type.Object({ from: Type.String(), to: Type.String() }),
  templating: Type.Object({
    list: Type.Array(Type.Object({ name: Type.String(), type: Type.Enum(["datasource", "query"]) }), { minItems: 2 }),
  }),
  panels: Type.Array(
    Type.Object({
      id: Whole(1),
      type: Type.Enum(["stat", "table", "timeseries"]),
      title: Type.String({ minLength: 1 }),
      datasource: Datasource,
      gridPos: Type.Object({ x: Whole(0, 23), y: Whole(0), w: Whole(1, 24), h: Whole(1, 30) }),
      targets: Type.Array(
        Type.Object({ refId: Type.String({ pattern: "^[A-Z]$" }), datasource: Datasource, expr: Type.String({ minLength: 1 }) }),
        { minItems: 1 },
      ),
    }),
    { minItems: 1 },
  ),
});
export type Dashboard = Static<typeof Dashboard>;

export const DASHBOARD = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../../../docs/prometheus/mxray-dashboard.json", import.meta.url)), "utf8"),
) as Dashboard;

/** With Grafana's variables filled in. */
export function dashboardQueries({ panels }: Dashboard): string[] {
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*")),
  );
}
