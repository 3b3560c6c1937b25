/** The settings that want a restart, as text: the page shows them, and which variable changes each. */
import type { StartSetting } from "@mxray/contracts";
import { postgresLocation } from "@mxray/store";
import type { Config } from "./config.ts";

export function startSettings(config: Config, publicUrl: string): StartSetting[] {
  const {
    host,
    port,
    dataDir,
    databaseUrl,
    resolver,
    ownerZones,
    controls,
    concurrency,
    queueLimit,
    paceMs,
    logs,
    logFolders,
    stressTargets,
    logLevel,
    serverName,
    trustedProxies,
    signOn,
  } = config;
  const setting = (variable: string, value: string, option: string | null = null): StartSetting => ({ variable, option, value });
  return [
    setting("MXRAY_HOST", host, "--host"),
    setting("MXRAY_PORT", String(port), "--port"),
    setting("MXRAY_PUBLIC_URL", publicUrl, "--public-url"),
    setting("MXRAY_TRUSTED_PROXIES", listed(trustedProxies)),
    setting("MXRAY_OIDC_ISSUER", signOn?.issuer.href ?? "none"),
    setting("MXRAY_DATA", dataDir, "--data"),
    setting("DATABASE_URL", databaseUrl === null ? "none" : postgresLocation(databaseUrl)),
    setting("MXRAY_SERVER_NAME", serverName),
    setting("MXRAY_LOGS", listed(logs)),
    setting("MXRAY_LOG_FOLDERS", listed(logFolders)),
    setting("MXRAY_RESOLVER", resolver ?? "the system's"),
    setting("MXRAY_OWNER_ZONES", zonesText(ownerZones)),
    setting("MXRAY_CONTROL_HOSTS", listed(controls.map(({ input }) => input))),
    setting("MXRAY_CONCURRENCY", `${concurrency} probes at a time`),
    setting("MXRAY_QUEUE_LIMIT", `${queueLimit} probes may wait`),
    setting("MXRAY_PACE_SECONDS", `${paceMs / 1000} s between two probes of one address`),
    setting("MXRAY_STRESS_TARGETS", stressTargets ?? "none"),
    setting("MXRAY_LOG", logLevel),
  ];
}

function zonesText(zones: Config["ownerZones"]): string {
  if (zones === undefined) return "a public service";
  return zones === "off" ? "off" : listed([zones.origin4, zones.origin6, zones.names]);
}

function listed(values: readonly string[]): string {
  return values.length === 0 ? "none" : values.join(", ");
}
