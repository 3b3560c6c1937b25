/** Real Prometheus, promtool, Alertmanager and amtool against a real server; see docs/metrics.md. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type MailHost, mailHostScript, startMailHost } from "@mxray/lab";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tokenFor } from "../people.ts";
import { LOOPBACK, startTestServer } from "../test-server.ts";
import { DASHBOARD, dashboardQueries } from "./dashboard.ts";
import { PROMETHEUS_IS_HERE, PROMETHEUS_MISSING, runPrometheusTool, startPrometheusService } from "./prometheus.ts";

const RULES = fileURLToPath(new URL("../../../../docs/prometheus/mxray.rules.yml", import.meta.url));

let folder = "";
beforeAll(async () => {
  if (!PROMETHEUS_IS_HERE) console.log(PROMETHEUS_MISSING);
  folder = await mkdtemp(join(tmpdir(), "mxray-prometheus-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface AlertBody {
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
  }[];
}

/** What Alertmanager sends its notifications to. */
async function startReceiver() {
  const alerts: AlertBody["alerts"][number][] = [];
  const server = createServer(async (request, response) => {
    alerts.push(...((await json(request)) as AlertBody).alerts);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    alerts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

it.skipIf(!PROMETHEUS_IS_HERE)("the files in docs/ are accepted by promtool and amtool", async () => {
  const docs = join(RULES, "..");
  expect(runPrometheusTool("promtool", ["check", "rules", RULES])).toMatchObject({ status: 0, output: expect.stringMatching(/SUCCESS/) });
  expect(runPrometheusTool("promtool", ["test", "rules", join(docs, "mxray.rules.test.yml")])).toMatchObject({ status: 0 });
  expect(runPrometheusTool("promtool", ["check", "config", "--syntax-only", join(docs, "prometheus.yml")])).toMatchObject({ status: 0 });
  expect(runPrometheusTool("amtool", ["check-config", join(docs, "alertmanager.yml")])).toMatchObject({ status: 0 });
  const queries = dashboardQueries(DASHBOARD);
  const recorded = join(folder, "dashboard.rules.json");
  const rules = queries.map((expr, index) => ({ record: `dashboard:query:${index}`, expr }));
  await writeFile(recorded, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
  expect(runPrometheusTool("promtool", ["check", "rules", recorded])).toMatchObject({ status: 0 });
});

it.skipIf(!PROMETHEUS_IS_HERE)(
  "a real Prometheus scrapes both, a rule fires, a real Alertmanager receives it, as it does from a channel, and hears when it is over",
  async () => {
    const log = join(folder, "mail.log");
    await writeFile(log, "");
    // A port on which nothing listens, until the fault is removed.
    const port = await freedPort();
    const target = `127.0.0.1:${port}`;
    await using server = await startTestServer({
      env: { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(port), MXRAY_LOGS: log, MXRAY_PUBLIC_URL: "https://mxray.example.com" },
      minuteMs: 50,
    });
    const { app, headers } = server;
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port: own } = app.server.address() as AddressInfo;
    const token = (await tokenFor(server, ["metrics"], new Date(Date.now() + 600_000).toISOString())).headers.authorization.replace(
      "Bearer ",
      "",
    );
    const text = await (await fetch(`http://127.0.0.1:${own}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
    expect(runPrometheusTool("promtool", ["check", "metrics"], text)).toEqual({ status: 0, output: "" });

    await using receiver = await startReceiver();
    const alertmanagerFile = join(folder, "alertmanager.yml");
    await writeFile(
      alertmanagerFile,
      `route: { receiver: noc, group_by: [alertname, code, host], group_wait: 0s, group_interval: 1s }\nreceivers: [{ name: noc, webhook_configs: [{ url: "${receiver.url}" }] }]\n`,
    );
    expect(runPrometheusTool("amtool", ["check-config", alertmanagerFile])).toMatchObject({ status: 0 });
    await using alertmanager = await startPrometheusService("prometheus-alertmanager", (_port, data) => [
      `--config.file=${alertmanagerFile}`,
      `--storage.path=${data}`,
      "--cluster.listen-address=",
    ]);
    const configFile = join(folder, "prometheus.yml");
    await writeFile(join(folder, "token"), token);
    await writeFile(configFile, prometheusConfig(own, target, alertmanager.url));
    expect(runPrometheusTool("promtool", ["check", "config", configFile])).toMatchObject({ status: 0 });
    await using prometheus = await startPrometheusService("prometheus", (_port, data) => [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${data}`,
    ]);
    const query = async (expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> => {
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(expr)}`);
      return ((await answer.json()) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } }).data.result;
    };

    const channel = { name: "alertmanager", kind: "alertmanager", url: alertmanager.url };
    expect((await app.inject({ method: "POST", url: "/api/v1/channels", headers, payload: channel })).statusCode).toBe(201);
    await app.inject({ method: "PUT", url: "/api/v1/watches", headers, payload: { target } });
    const alert = await until(() => receiver.alerts.find(({ labels }) => labels.alertname === "MxrayFinding"));
    expect(alert).toMatchObject({
      status: "firing",
      labels: { code: "connect-refused", severity: "critical", address: "127.0.0.1", port: String(port) },
    });
    const id = /^https:\/\/mxray\.example\.com\/findings\/(\S+)$/.exec(alert.annotations.url ?? "")?.[1];
    expect((await app.inject({ url: `/api/v1/findings/${id}`, headers })).json().state).toBe("open");
    const posted = await until(() => receiver.alerts.find(({ labels }) => labels.alertname === "mxray-connect-refused"));
    expect(posted).toMatchObject({
      status: "firing",
      labels: { severity: "critical", address: "127.0.0.1" },
      annotations: { url: alert.annotations.url },
    });
    expect(await query('up{job="mxray"} == 1')).toHaveLength(1);
    await until(async () => (await query(`probe_success{job="mxray-probe", instance="${target}"} == 0`))[0]);
    expect(await query(`mxray_target_verdict{job="mxray-probe", target="${target}", code="connect-refused"}`)).toHaveLength(1);
    expect(await query(`mxray_stage_seconds{job="mxray", target="${target}", stage="connect"}`)).not.toHaveLength(0);

    const host: MailHost = await startMailHost(mailHostScript("healthy"), { port });
    try {
      for (const name of ["MxrayFinding", "mxray-connect-refused"]) {
        await until(() => receiver.alerts.find(({ status, labels }) => status === "resolved" && labels.alertname === name));
      }
      await until(async () => (await query(`probe_success{job="mxray-probe", instance="${target}"} == 1`))[0]);
    } finally {
      await host[Symbol.asyncDispose]();
    }
    // Every metric that the rules and the dashboard name has been scraped.
    const named = new Set(
      [readFileSync(RULES, "utf8"), ...dashboardQueries(DASHBOARD)]
        .join("\n")
        .match(/\b(?:mxray|nodejs|process|probe)_[a-z_0-9]+\b(?=[{[ )])/g),
    );
    named.delete("mxray_log_events_total");
    const unknown: string[] = [];
    for (const name of named) if ((await query(`count(last_over_time(${name}[10m]))`)).length === 0) unknown.push(name);
    expect(unknown).toEqual([]);
    expect(named.size).toBeGreaterThan(15);
  },
  240_000,
);

function prometheusConfig(port: number, target: string, alertmanager: string): string {
  return JSON.stringify({
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: [RULES],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
    scrape_configs: [
      {
        job_name: "mxray",
        authorization: { credentials_file: join(folder, "token") },
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      },
      {
        job_name: "mxray-probe",
        metrics_path: "/probe",
        authorization: { credentials_file: join(folder, "token") },
        static_configs: [{ targets: [target] }],
        relabel_configs: [
          { source_labels: ["__address__"], target_label: "__param_target" },
          { source_labels: ["__param_target"], target_label: "instance" },
          { target_label: "__address__", replacement: `127.0.0.1:${port}` },
        ],
      },
    ],
  });
}

async function freedPort(): Promise<number> {
  const host = await startMailHost(mailHostScript("healthy"));
  await host[Symbol.asyncDispose]();
  return host.port;
}
