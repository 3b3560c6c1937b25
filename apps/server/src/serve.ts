/** The process: settings, data directory, store, listener; and `mxray link`, which finds them again. */
import { fileURLToPath } from "node:url";
import type { Vantage } from "@mxray/contracts";
import { HostSampler, QueueReader } from "@mxray/host";
import { faultOfWords } from "@mxray/maillog";
import { localProbeRunner, mailSocketReader } from "@mxray/probe";
import type { Store, UpgradeStep } from "@mxray/store";
import { newSignInUrl } from "./access/session-access.ts";
import { buildApp } from "./app.ts";
import { type Config, databaseUrlOf, dataDirOf, type Overrides, readConfig } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { listenerName } from "./config/public-url.ts";
import { DataDirectory, urlOfServer } from "./data-directory.ts";
import type { App } from "./http/app-type.ts";
import { UpgradeListener } from "./http/upgrade-listener.ts";
import { ServerLog } from "./server-log.ts";
import { checkSameStore, databaseName, openServerStore, storeTrouble } from "./server-store.ts";
import { stressProcess } from "./stress/stress-runner.ts";
import { LabVantage, type LabVantageDeps } from "./vantages/lab-vantage.ts";
import { WorkHealth } from "./work-health.ts";

export interface ServeOptions extends Overrides {
  readonly vantage: Vantage;
  /** How the practice lab is started; without it there is none. */
  readonly lab?: Omit<LabVantageDeps, "version">;
  /** The program that makes the load of stress runs; without it there are none. */
  readonly stressProgram?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called before each step of an upgrade of the store. */
  readonly onUpgrade?: (step: UpgradeStep) => void;
}

export interface RunningServer {
  /** Where it is reached, without a trailing slash. */
  readonly url: string;
  /** Works once, for an hour. */
  readonly signInUrl: string;
  /** Why it must be closed: another process has its database for itself. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

const WEB_DIR = fileURLToPath(new URL("../../web/dist", import.meta.url));

/**
 * @throws ConfigError if a setting is wrong, another server has the data directory, the store cannot be opened or the
 *   port cannot be had
 */
export async function serve({ env, ...options }: ServeOptions): Promise<RunningServer> {
  const config = readConfig(env, options);
  const directory = await DataDirectory.claim(config.dataDir);
  try {
    return await serveFrom(directory, config, options);
  } catch (error) {
    await directory.release();
    throw error;
  }
}

async function serveFrom(
  directory: DataDirectory,
  config: Config,
  { vantage, lab: labDeps, stressProgram, onUpgrade }: Omit<ServeOptions, "env">,
): Promise<RunningServer> {
  const health = new WorkHealth();
  const store = await upgradedStore(config, onUpgrade, health);
  const logger = { level: config.logLevel, stream: new ServerLog() };
  const lab = labDeps === undefined ? {} : { lab: new LabVantage({ ...labDeps, version: vantage.version }) };
  const stress = stressProgram === undefined ? {} : { runStress: stressProcess(stressProgram) };
  const sampler = new HostSampler({ sparing: true });
  const queue = new QueueReader({ readReason: faultOfWords });
  const machine = {
    sampleHost: () => sampler.sample(),
    readMailSockets: mailSocketReader(),
    readQueue: (signal: AbortSignal) => queue.read(signal),
  };
  const work = { runProbe: localProbeRunner(), ...machine, ...lab, ...stress };
  let app: App | null = null;
  try {
    app = await buildApp({ config, store, vantage, ...work, webDir: WEB_DIR, logger, health });
    await app.listen({ host: config.host, port: config.port });
    const url = app.publicUrl();
    await directory.announce(url, databaseName(config));
    const signInUrl = await newSignInUrl(store, url);
    const lost = store.servers?.lost ?? new Promise<never>(() => undefined);
    return { url, signInUrl, lost, close: () => close(app, store, directory) };
  } catch (error) {
    const why = await startError(config, error);
    await app?.close();
    await store.close();
    throw why;
  }
}

async function close(app: App | null, store: Store, directory: DataDirectory): Promise<void> {
  await app?.close();
  await store.close();
  await directory.release();
}

export interface LinkOptions {
  readonly env: ServeOptions["env"];
  readonly dataDir?: string;
}

/**
 * Another one-time sign-in link.
 *
 * @throws ConfigError when no server runs on this data directory, or it keeps its store elsewhere
 */
export async function link({ env, dataDir }: LinkOptions): Promise<string> {
  const settings = { dataDir: dataDirOf(env, dataDir), databaseUrl: databaseUrlOf(env) };
  const url = await urlOfServer(settings.dataDir);
  await checkSameStore(settings);
  const store = await openServerStore(settings, {
    onUpgrade() {
      throw new ConfigError("cannot-run", `The server at ${url} runs an older mxray than this one; restart it with this version first.`);
    },
  });
  try {
    return await newSignInUrl(store, url);
  } catch (error) {
    throw await storeTrouble(settings, error);
  } finally {
    await store.close();
  }
}

/** The store, brought up to date; meanwhile the server's address answers that it is not ready yet, and why. */
async function upgradedStore(config: Config, onUpgrade: ServeOptions["onUpgrade"], health: WorkHealth): Promise<Store> {
  const listener = new UpgradeListener(config);
  try {
    return await openServerStore(config, {
      join: true,
      async onUpgrade(step) {
        onUpgrade?.(step);
        await listener.show(step).catch((error: unknown) => {
          throw cannotListen(config, error);
        });
      },
      onThreadEnd(thread, reason, error) {
        if (error !== undefined) console.error(error);
        health.failed(thread, `its thread ended: ${reason}`);
      },
      onThreadBack: (thread) => health.succeeded(thread),
    });
  } finally {
    await listener.close();
  }
}

/** What kept the server from starting, as a sentence if it is no bug. */
async function startError(config: Config, error: unknown): Promise<unknown> {
  const { syscall = "" } = error as NodeJS.ErrnoException;
  if (["listen", "bind", "getaddrinfo"].includes(syscall)) return cannotListen(config, error);
  return await storeTrouble(config, error);
}

function cannotListen(config: Config, error: unknown): ConfigError {
  const { code, message } = error as NodeJS.ErrnoException;
  const where = listenerName(config);
  if (code === "EADDRINUSE") {
    return new ConfigError(
      "cannot-run",
      `${where} is in use by another program (another mxray?). Choose another port with --port, or stop that one.`,
    );
  }
  if (code === "EACCES")
    return new ConfigError("cannot-run", `This user may not listen on ${where}. Choose a port above 1023 with --port.`);
  return new ConfigError("cannot-run", `mxray cannot listen on ${where}: ${message}. --host and --port choose another address.`);
}
