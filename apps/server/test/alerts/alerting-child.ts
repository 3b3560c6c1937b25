/**
 * A server in a process of its own, which can be killed, in whatever network namespace it was started in. Its argument says on which
 * data, with which channels and monitor. Its parent plants faults where the probe is scripted, and moves its clock.
 */
import { join } from "node:path";
import type { ChannelRequest, MailHostObservation } from "@mxray/contracts";
import type { ProbeRunner } from "@mxray/probe";
import { openStore } from "@mxray/store";
import { blackHole, host, path, probe } from "../../../../packages/diagnosis/test/observation.ts";
import { channelOfRequest } from "../../src/alerts/channel-settings.ts";
import { LOOPBACK, startTestServer } from "../test-server.ts";

export interface AlertingOptions {
  readonly dataDir: string;
  readonly channels: readonly ChannelRequest[];
  /** A target that is monitored with real probes; null: probes are scripted. */
  readonly monitor: string | null;
  /** Milliseconds that its clock is ahead. */
  readonly ahead: number;
}

export type AlertingOrder =
  | { readonly kind: "probe"; readonly faulty: boolean; readonly checks: string | null }
  | { readonly kind: "clock"; readonly ms: number }
  /** Saves a setting. */
  | { readonly kind: "setting"; readonly days: number };

export type AlertingReport = { readonly ready: true } | { readonly id: string | null } | { readonly saved: number };

const PLACE = { name: "mx1.example.test", address: "198.51.100.25" };
const { dataDir, channels, monitor, ...clock } = JSON.parse(process.argv[2] ?? "") as AlertingOptions;

let { ahead } = clock;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...values: [] | [number | string]) {
    if (values.length === 0) super(RealDate.now() + ahead);
    else super(values[0]);
  }
  static override now(): number {
    return RealDate.now() + ahead;
  }
} as DateConstructor;

let faulty = false;
const scripted: ProbeRunner = async ({ target, vantage }) => {
  const mailHost: MailHostObservation = faulty ? host({ ...PLACE, path: path({ outbound: blackHole() }) }) : host(PLACE);
  return probe([mailHost], { target: target.input, vantage, startedAt: new Date().toISOString() });
};

const store = await openStore({ path: join(dataDir, "mxray.sqlite") });
for (const channel of channels) await store.channels.create(channelOfRequest(channel), new Date().toISOString());
const { app, headers } = await startTestServer({
  env: { ...LOOPBACK, MXRAY_WATCH_MINUTES: "1", MXRAY_ALLOW_TARGETS: "0.0.0.0/0,::/0", MXRAY_OWNER_ZONES: "off" },
  minuteMs: 2000,
  store,
  ...(monitor === null ? { runProbe: scripted } : {}),
});
if (monitor !== null) await app.inject({ method: "PUT", url: "/api/v1/watches", headers, payload: { target: monitor } });

process.on("message", async (order: AlertingOrder) => {
  if (order.kind === "clock") {
    ahead += order.ms;
    return;
  }
  if (order.kind === "setting") {
    const payload = { probeDays: String(order.days) };
    const saved = await app.inject({ method: "PATCH", url: "/api/v1/settings", headers, payload });
    if (saved.statusCode === 200) process.send?.({ saved: order.days });
    return;
  }
  faulty = order.faulty;
  const url = order.checks === null ? "/api/v1/probes" : `/api/v1/probes/${order.checks}/check`;
  const payload = order.checks === null ? { target: PLACE.address } : {};
  const answer = await app.inject({ method: "POST", url, headers, payload });
  process.send?.({ id: answer.json().id ?? null });
});
process.send?.({ ready: true });
process.once("disconnect", () => process.exit(0));
