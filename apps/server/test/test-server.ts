/** A server over a store in memory, with a page that stands for the built one. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localProbeRunner, type ProbeRunner } from "@mxray/probe";
import { openStore, type Store } from "@mxray/store";
import { hashSecret, newSecret } from "../src/access/secret.ts";
import { type AppDeps, buildApp } from "../src/app.ts";
import { type Config, readConfig } from "../src/config/config.ts";
import type { App } from "../src/http/app-type.ts";
import type { LiveFeed } from "../src/live-feed.ts";
import type { ProbeVantage } from "../src/vantages/vantage.ts";

export interface TestServer extends AsyncDisposable {
  readonly app: App;
  readonly store: Store;
  /** Of somebody signed in. */
  readonly headers: { readonly cookie: string };
}

export interface TestServerOptions {
  readonly env?: Record<string, string>;
  readonly config?: Partial<Config>;
  readonly minuteMs?: number;
  readonly bodyPace?: AppDeps["bodyPace"];
  readonly findingsPace?: AppDeps["findingsPace"];
  readonly runProbe?: ProbeRunner;
  readonly lab?: ProbeVantage;
  readonly store?: Store;
  readonly logger?: AppDeps["logger"];
  readonly feed?: LiveFeed;
  readonly health?: AppDeps["health"];
  readonly call?: AppDeps["call"];
  readonly runStress?: AppDeps["runStress"];
  readonly readQueue?: AppDeps["readQueue"];
  readonly readMailSockets?: AppDeps["readMailSockets"];
}

export const LOOPBACK = { MXRAY_ALLOW_TARGETS: "127.0.0.0/8", MXRAY_PACE_SECONDS: "0" };

/** Single sign-on with a provider that nobody reaches. */
export const SIGN_ON = {
  MXRAY_OIDC_ISSUER: "http://127.0.0.1:1",
  MXRAY_OIDC_CLIENT_ID: "mxray",
  MXRAY_OIDC_CLIENT_SECRET: "secret",
  MXRAY_OIDC_ROLES: "*=viewer",
};

/** Nothing that follows from a change takes longer than a test that waits for it. */
export const QUICK_FINDINGS = { leastMs: 50, mostMs: 500 };

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const store = options.store ?? (await openStore({ path: ":memory:" }));
  const config = { ...readConfig(options.env ?? LOOPBACK), ...options.config };
  const app = await buildApp({
    config,
    store,
    runProbe: options.runProbe ?? localProbeRunner(),
    vantage: { name: "local", host: "probe.corp.example", version: "0.0.0" },
    ...(options.lab === undefined ? {} : { lab: options.lab }),
    webDir: await webDir(),
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    ...(options.minuteMs === undefined ? {} : { minuteMs: options.minuteMs }),
    ...(options.bodyPace === undefined ? {} : { bodyPace: options.bodyPace }),
    findingsPace: options.findingsPace ?? QUICK_FINDINGS,
    ...(options.health === undefined ? {} : { health: options.health }),
    ...(options.call === undefined ? {} : { call: options.call }),
    ...(options.runStress === undefined ? {} : { runStress: options.runStress }),
    ...(options.readQueue === undefined ? {} : { readQueue: options.readQueue }),
    ...(options.readMailSockets === undefined ? {} : { readMailSockets: options.readMailSockets }),
    ...(options.feed === undefined ? {} : { feed: options.feed }),
  });
  const secret = newSecret();
  const now = Date.now();
  await store.sessions.create({
    sessionHash: hashSecret(secret),
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 3_600_000).toISOString(),
    address: "192.0.2.7",
    browser: "Firefox on Linux",
  });
  await app.ready();
  return {
    app,
    store,
    headers: { cookie: `mxray_session=${secret}` },
    async [Symbol.asyncDispose]() {
      await app.close();
      if (options.store === undefined) await store.close();
    },
  };
}

let built: Promise<string> | undefined;

function webDir(): Promise<string> {
  built ??= (async () => {
    const dir = await mkdtemp(join(tmpdir(), "mxray-web-"));
    await mkdir(join(dir, "assets"));
    await writeFile(join(dir, "assets", "page-abc.js"), "export {};");
    await writeFile(join(dir, "index.html"), "<!doctype html><title>the page</title>");
    await writeFile(join(dir, "share.html"), "<!doctype html><title>share</title><!--mxray:card--><!--mxray:diagnosis--><p>end");
    await writeFile(join(dir, "share-standalone.html"), "<!doctype html><title>file</title><!--mxray:diagnosis--><p>end");
    await writeFile(join(dir, "wall.html"), "<!doctype html><title>the wall</title>");
    return dir;
  })();
  return built;
}

/** Waits until a probe has ended and gives it as the API tells it. */
export async function ended({ app, headers }: TestServer, id: string) {
  for (let turn = 0; turn < 500; turn += 1) {
    const probe = (await app.inject({ url: `/api/v1/probes/${id}`, headers })).json();
    if (["done", "cancelled", "failed"].includes(probe.status)) return probe;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Probe ${id} did not end.`);
}
