/** The web server, put together from what it stands on; listens nowhere by itself. */

import cookie from "@fastify/cookie";
import { fastifySSE } from "@fastify/sse";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { HostSample, MailQueue, Vantage } from "@mxray/contracts";
import type { MailSocketsResult, ProbeRunner } from "@mxray/probe";
import type { Store } from "@mxray/store";
import Fastify, { type FastifyInstance } from "fastify";
import { AccessChanges } from "./access/access-changes.ts";
import { registerAuthentication, type SignInPage } from "./access/authentication.ts";
import { registerArrivals, registerPaces } from "./access/pace-hooks.ts";
import { RequestPace } from "./access/request-pace.ts";
import { registerRouteAccess } from "./access/route-access.ts";
import { signOnName } from "./access/sign-on.ts";
import { Agents } from "./agents/agents.ts";
import { AlertDelivery } from "./alerts/alert-delivery.ts";
import type { Caller } from "./alerts/guarded-call.ts";
import type { Config } from "./config/config.ts";
import { listenerUrl } from "./config/public-url.ts";
import { erasing } from "./erasing.ts";
import { Machines, type MachinesDeps } from "./host/machines.ts";
import { housekeeping } from "./housekeeping.ts";
import type { App } from "./http/app-type.ts";
import { loggedRequest } from "./http/logged-request.ts";
import { waysInPage } from "./http/plain-page.ts";
import { registerApiDocs } from "./http/plugins/api-docs.ts";
import { BODY_PACE, type BodyPace, registerBodyPace } from "./http/plugins/body-pace.ts";
import { registerErrors } from "./http/plugins/errors.ts";
import { registerSchemas } from "./http/plugins/schemas.ts";
import { registerSecurity } from "./http/plugins/security.ts";
import { webFiles } from "./http/web-files.ts";
import { LiveFeed } from "./live-feed.ts";
import { Settings } from "./live-settings.ts";
import { FINDINGS_PACE, type FindingsPace, LogFindings, type LogFindingsDeps } from "./logs/findings/log-findings.ts";
import { StalledPeerProbes } from "./logs/findings/stalled-peer-probes.ts";
import { FollowedLogs, type FollowedLogsDeps } from "./logs/following/followed-logs.ts";
import { Metrics } from "./metrics/metrics.ts";
import { TargetMetrics } from "./metrics/target-metrics.ts";
import { OtherServers, type OtherServersDeps } from "./other-servers.ts";
import { reappraiseFindings } from "./probing/finding-reappraisal.ts";
import { OurSide } from "./probing/our-side.ts";
import type { ProbeConsequences } from "./probing/probe-work.ts";
import { Probes } from "./probing/probes.ts";
import { agentReportRoutes } from "./routes/agent-reports.ts";
import { agentRoutes } from "./routes/agents.ts";
import { applyRoutes } from "./routes/applying.ts";
import { auditRoutes } from "./routes/audit.ts";
import { channelRoutes } from "./routes/channels.ts";
import { eventRoutes } from "./routes/events.ts";
import { findingRoutes } from "./routes/findings.ts";
import { healthRoutes } from "./routes/health.ts";
import { hostRoutes } from "./routes/host.ts";
import { linkRoutes } from "./routes/links.ts";
import { logReadingRoutes } from "./routes/log-readings.ts";
import { logSourceRoutes } from "./routes/log-sources.ts";
import { logViewRoutes } from "./routes/log-views.ts";
import { metricRoutes } from "./routes/metrics.ts";
import { pageRoutes } from "./routes/page.ts";
import { peerRoutes } from "./routes/peers.ts";
import { playbookRoutes } from "./routes/playbook.ts";
import { probeRoutes } from "./routes/probes.ts";
import { searchRoutes } from "./routes/search.ts";
import { sessionRoutes } from "./routes/session.ts";
import { settingRoutes } from "./routes/settings.ts";
import { sharedDiagnosisRoutes } from "./routes/shared-diagnosis.ts";
import { sharedStressRoutes } from "./routes/shared-stress.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { signOnRoutes } from "./routes/sign-on.ts";
import { stressRoutes } from "./routes/stress.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { userRoutes } from "./routes/users.ts";
import { vantageRoutes } from "./routes/vantages.ts";
import { wallRoutes } from "./routes/wall.ts";
import { watchRoutes } from "./routes/watches.ts";
import type { StressRunner } from "./stress/stress-runner.ts";
import { StressRuns } from "./stress/stress-runs.ts";
import { localVantage } from "./vantages/local-vantage.ts";
import type { ProbeVantage } from "./vantages/vantage.ts";
import { Vantages } from "./vantages/vantages.ts";
import { silencedHosts } from "./watching/silenced-hosts.ts";
import { Watcher } from "./watching/watcher.ts";
import { WorkHealth } from "./work-health.ts";

export interface AppDeps {
  readonly config: Config;
  readonly store: Store;
  readonly runProbe: ProbeRunner;
  readonly vantage: Vantage;
  /** The practice lab, where there is one. */
  readonly lab?: ProbeVantage;
  /** The built page. */
  readonly webDir: string;
  readonly logger?: { readonly level: string; readonly stream?: { write(line: string): void } };
  /** Milliseconds of a watch's minute, for tests that cannot wait for one. */
  readonly minuteMs?: number;
  /** How fast bodies of requests must arrive, for tests that cannot wait. */
  readonly bodyPace?: BodyPace;
  /** How long log findings wait for more changes, for tests that cannot wait. */
  readonly findingsPace?: FindingsPace;
  /** Looks at this machine; without it nothing is known of its health. */
  readonly sampleHost?: () => HostSample;
  /** Reads the SMTP connections of this machine; without it none are known. */
  readonly readMailSockets?: () => MailSocketsResult;
  /** Reads the mail queue of this machine; without it none is known. */
  readonly readQueue?: (signal: AbortSignal) => Promise<MailQueue>;
  /** Where the store's threads report, too. */
  readonly health?: WorkHealth;
  /** How pages hear of what happens. */
  readonly feed?: LiveFeed;
  /** How the load of stress runs is made; without it there are none. */
  readonly runStress?: StressRunner;
  /** How channels are called, for tests of a channel that is dead. */
  readonly call?: Caller;
}

const MOST_BODY_BYTES = 256 * 1024;

export async function buildApp(deps: AppDeps): Promise<App> {
  const app = bareApp(deps);
  const closing = new AbortController();
  app.decorate("closing", closing.signal);
  app.decorate("publicUrl", () => deps.config.publicUrl ?? listenerUrl(deps.config.host, listeningPort(app) ?? deps.config.port));
  const work = await workOf(app, deps);
  runWork(app, work, closing);
  const gates = await registerGates(app, work);
  await registerRoutes(app, work, gates);
  return app;
}

function bareApp({ config, logger }: AppDeps): App {
  return Fastify({
    logger: logger === undefined ? false : { ...logger, serializers: { req: loggedRequest } },
    bodyLimit: MOST_BODY_BYTES,
    // Who asks is the peer of the connection, unless that is a proxy of ours.
    trustProxy: [...config.trustedProxies],
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 255 },
  }).withTypeProvider<TypeBoxTypeProvider>();
}

type Work = Awaited<ReturnType<typeof workOf>>;

/** All that goes on beside requests, and what it stands on. */
async function workOf(
  app: App,
  {
    config,
    store,
    runProbe,
    vantage,
    lab,
    webDir,
    minuteMs = 60_000,
    bodyPace = BODY_PACE,
    findingsPace = FINDINGS_PACE,
    feed = new LiveFeed(),
    health = new WorkHealth(),
    call,
    sampleHost,
    readMailSockets,
    readQueue,
    runStress,
  }: AppDeps,
) {
  const { publicUrl } = app;
  const onError = (error: unknown) => app.log.error(error);
  health.onChange(() => feed.tell({ type: "problems", problems: health.problems() }));
  const settings = await Settings.open({ environment: config.environment, store, feed });
  for (const problem of settings.problems()) app.log.warn(problem);
  const vantages = new Vantages(
    [localVantage({ config, settings, vantage, runProbe }), ...(lab === undefined ? [] : [lab])],
    config.resolver !== undefined,
  );
  // What is called when a probe has ended; pages hear of it by the feed.
  const consequences: ProbeConsequences = {
    roundEnd: (watchId, round) => watcher.roundEnd(watchId, round),
    ended(probe) {
      watcher.ended(probe);
      findings.touched();
      ourSide.touched();
      delivery.ask();
    },
    placeLeft: () => watcher.placeLeft(),
  };
  const probes = new Probes({ config, settings, store, feed, vantages, consequences, health, onError });
  const peerProbes = new StalledPeerProbes({ settings, probes });
  const onFindings: LogFindingsDeps["onFindings"] = (signs) => peerProbes.consider(signs);
  const findings = new LogFindings({ settings, store, feed, health, onFindings, onError, pace: findingsPace });
  const ourSide = new OurSide({ settings, store, feed, health, onChange: () => findings.touched(), onError });
  const interval = () => settings.values.watchMinutes * minuteMs;
  const most = () => settings.values.mostMonitors;
  const watcher = new Watcher({ config, interval, most, minuteMs, store, probes, feed, health, onError });
  const logSources = () => followedLogs.sources();
  const metrics = new Metrics(
    { store, feed, health, version: vantage.version, publicUrl, logSources, machine: () => machines.newest(), onError },
    app.closing,
  );
  const onEvents: FollowedLogsDeps["onEvents"] = (events) => metrics.counted(events);
  const followedLogs = new FollowedLogs({ config, store, feed, findings, health, onEvents, onError });
  const silenced = (now: number) => silencedHosts(store, now);
  const delivery = new AlertDelivery({ store, silenced, publicUrl, feed, health, onError, ...(call === undefined ? {} : { call }) });
  const onStalls: MachinesDeps["onStalls"] = (stalls, agent) => peerProbes.considerLive(stalls, agent);
  const onMachine = { onFindings: () => findings.touched(), onStalls, onError };
  const machines = new Machines({ sampleHost, readMailSockets, readQueue, store, feed, health, ...onMachine });
  const agents = new Agents({ store, settings, vantages, followedLogs, machines, onError });
  const onNews: OtherServersDeps["onNews"] = async (news) => {
    if (news.kind === "probe") probes.heard(news.probe);
    if (news.kind !== "event") return;
    if (news.event.type === "settings") await settings.refresh();
    if (news.event.type === "log-source") followedLogs.heard(news.event.source);
  };
  const probeOf = async (id: string) => (await store.probes.get(id))?.summary ?? null;
  const others = store.servers === null ? null : new OtherServers({ servers: store.servers, feed, onNews, probeOf, onError });
  const { stressTargets: targetsFile, dataDir } = config;
  const stress = new StressRuns({ store, feed, targetsFile, dataDir, host: vantage.host, run: runStress ?? null, onError });
  const eraser = erasing({ store, health, onError });
  const tidying = housekeeping({ settings, store, followedLogs, health, onError }, eraser);
  settings.onChange(() => {
    watcher.changed();
    findings.touched();
    tidying.ask();
  });
  return {
    ...{ config, store, vantage, webDir, bodyPace, feed, health, onError, settings, vantages, probes, findings, ourSide },
    ...{ interval, watcher, metrics, followedLogs, agents, delivery, stress, machines, others, eraser, tidying },
  };
}

/** Starts it with the server, and ends it before the server does. */
function runWork(
  app: App,
  {
    store,
    feed,
    onError,
    vantages,
    probes,
    findings,
    ourSide,
    watcher,
    followedLogs,
    agents,
    delivery,
    stress,
    machines,
    others,
    eraser,
    tidying,
  }: Work,
  closing: AbortController,
): void {
  let reappraisal: Promise<void> | undefined;
  app.addHook("onReady", async () => {
    others?.start();
    await probes.start();
    await followedLogs.start();
    await agents.start();
    await watcher.start();
    reappraisal = reappraiseFindings({ store, feed }, closing.signal).catch(onError);
    findings.start();
    ourSide.start();
    eraser.start();
    tidying.start();
    await delivery.start();
    await stress.start();
    machines.start();
  });
  app.addHook("preClose", async () => {
    closing.abort();
    agents.stop();
    // Side by side: what is being computed must not keep positions of logs and probes waiting. Each after what gives it work.
    await Promise.all([
      tidying.stop().then(() => Promise.all([eraser.stop(), followedLogs.stop()])),
      watcher.stop().then(() => probes.stop()),
      findings.stop(),
      ourSide.stop(),
      delivery.stop(),
      stress.stop(),
      machines.stop(),
    ]);
    await vantages.stop();
    await others?.stop();
    await reappraisal;
  });
}

/** What each request passes before its route. */
async function registerGates(app: App, { config, store, vantage, bodyPace, eraser }: Work) {
  const https = config.publicUrl?.startsWith("https:") === true;
  registerRouteAccess(app);
  registerErrors(app);
  registerSchemas(app);
  registerBodyPace(app, bodyPace);
  await registerSecurity(app, { https });
  await app.register(cookie);
  const pace = new RequestPace();
  registerArrivals(app, { pace });
  const { signOn } = config;
  const signInPage: SignInPage = async (problem) =>
    waysInPage({ passwords: await store.users.any(), signOn: signOn === null ? null : signOnName(signOn) }, problem);
  await registerAuthentication(app, { store, signInPage, version: vantage.version });
  registerPaces(app, { pace });
  await registerApiDocs(app, { https, version: vantage.version });
  await app.register(fastifySSE, { heartbeatInterval: 15_000 });

  app.addHook("onResponse", async ({ method }, { statusCode }) => {
    if (method === "DELETE" && statusCode < 300) eraser.ask();
  });

  return { https, pace, signInPage };
}

async function registerRoutes(app: App, work: Work, { https, pace, signInPage }: Awaited<ReturnType<typeof registerGates>>): Promise<void> {
  const {
    config,
    store,
    vantage,
    webDir,
    feed,
    health,
    settings,
    vantages,
    probes,
    interval,
    watcher,
    metrics,
    followedLogs,
    agents,
    delivery,
    stress,
    machines,
  } = work;
  const { publicUrl } = app;
  const { signOn } = config;
  const web = webFiles(webDir);
  await healthRoutes(app, { store, health });
  await metricRoutes(app, { metrics, targets: new TargetMetrics({ store, probes, interval }) });
  const changes = new AccessChanges();
  await signInRoutes(app, { store, https, pace, signInPage });
  if (signOn !== null) await signOnRoutes(app, { config: signOn, store, https, pace, changes, publicUrl, signInPage });
  await userRoutes(app, { store, changes, publicUrl });
  await tokenRoutes(app, { store, changes });
  await agentRoutes(app, { agents, publicUrl });
  await app.register(async (scope) => await agentReportRoutes(scope, { agents, version: vantage.version }));
  await auditRoutes(app, { store });
  await sessionRoutes(app, { store, pace, settings, version: vantage.version, publicUrl });
  await vantageRoutes(app, { store, vantages });
  await probeRoutes(app, { store, feed, probes });
  await findingRoutes(app, { store, feed });
  await peerRoutes(app, { store });
  await searchRoutes(app, { store });
  await eventRoutes(app, { store, changes, feed, web, health, version: vantage.version });
  await hostRoutes(app, { machines });
  await playbookRoutes(app);
  await logSourceRoutes(app, { config, settings, followedLogs });
  await logViewRoutes(app, { store });
  await logReadingRoutes(app, { store, feed });
  await linkRoutes(app, { store, publicUrl });
  await sharedDiagnosisRoutes(app, { store, web, publicUrl });
  await watchRoutes(app, { watcher, store });
  await applyRoutes(app, { store, settings, probes, watcher, delivery });
  await channelRoutes(app, { store, delivery });
  await stressRoutes(app, { store, feed, runs: stress });
  await sharedStressRoutes(app, { store, web });
  await wallRoutes(app, { store, feed, web, version: vantage.version });
  await settingRoutes(app, { config, settings, store, vantage, publicUrl });
  await pageRoutes(app, { web });
}

function listeningPort(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : undefined;
}
