/** The process: settings, store, listener; and the note in the data directory by which `mxray link` finds it. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Vantage } from "@mxray/contracts";
import { localProbeRunner } from "@mxray/probe";
import { openStore, type Store, StoreError, type StoreOptions, type UpgradeStep } from "@mxray/store";
import { newSignInUrl } from "./access/session-access.ts";
import { buildApp } from "./app.ts";
import { type Config, dataDirOf, type Overrides, readConfig } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { listenerName } from "./config/public-url.ts";
import { UpgradeListener } from "./http/upgrade-listener.ts";
import { LabVantage, type LabVantageDeps } from "./vantages/lab-vantage.ts";

export interface ServeOptions extends Overrides {
  readonly vantage: Vantage;
  /** How the practice lab is started; without it there is none. */
  readonly lab?: Omit<LabVantageDeps, "version">;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called before each step of an upgrade of the store. */
  readonly onUpgrade?: (step: UpgradeStep) => void;
}

export interface RunningServer {
  /** Where it is reached, without a trailing slash. */
  readonly url: string;
  /** Works once, for an hour. */
  readonly signInUrl: string;
  close(): Promise<void>;
}

const WEB_DIR = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** @throws ConfigError when a setting is wrong, the store cannot be opened or the port cannot be had */
export async function serve({ vantage, lab: labDeps, env, onUpgrade, ...overrides }: ServeOptions): Promise<RunningServer> {
  const config = readConfig(env, overrides);
  const store = await upgradedStore(config, onUpgrade);
  const logger = { level: config.logLevel };
  const lab = labDeps === undefined ? {} : { lab: new LabVantage({ ...labDeps, version: vantage.version }) };
  const app = await buildApp({ config, store, runProbe: localProbeRunner(), vantage, ...lab, webDir: WEB_DIR, logger });
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app.close();
    await store.close();
    throw cannotListen(config, error);
  }
  const url = app.publicUrl();
  const note = await leaveNote(config.dataDir, url);
  return {
    url,
    signInUrl: await newSignInUrl(store, url),
    async close() {
      await note.remove();
      await app.close();
      await store.close();
    },
  };
}

export interface LinkOptions {
  readonly env: ServeOptions["env"];
  readonly dataDir?: string;
}

/**
 * Another one-time sign-in link.
 *
 * @throws ConfigError when no server runs on this data directory
 */
export async function link({ env, dataDir }: LinkOptions): Promise<string> {
  const dir = dataDirOf(env, dataDir);
  const url = await readNote(dir);
  if (url === null) {
    throw new ConfigError(
      "cannot-run",
      `No running server keeps its data in ${dir}. Start one with 'mxray serve', or name its directory with --data.`,
    );
  }
  const store = await storeOf({ dataDir: dir });
  try {
    return await newSignInUrl(store, url);
  } finally {
    await store.close();
  }
}

/** The store, brought up to date; meanwhile the server's address answers that it is not ready yet, and why. */
async function upgradedStore(config: Config, onUpgrade: ServeOptions["onUpgrade"]): Promise<Store> {
  const listener = new UpgradeListener(config);
  try {
    return await storeOf(config, async (step) => {
      onUpgrade?.(step);
      await listener.show(step).catch((error: unknown) => {
        throw cannotListen(config, error);
      });
    });
  } finally {
    await listener.close();
  }
}

async function storeOf({ dataDir }: Pick<Config, "dataDir">, onUpgrade?: StoreOptions["onUpgrade"]): Promise<Store> {
  try {
    return await openStore({ path: join(dataDir, "mxray.sqlite"), ...(onUpgrade === undefined ? {} : { onUpgrade }) });
  } catch (error) {
    throw error instanceof StoreError ? new ConfigError("cannot-run", error.message) : error;
  }
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

const noteFile = (dataDir: string) => join(dataDir, "running.json");

async function leaveNote(dataDir: string, url: string): Promise<{ remove(): Promise<void> }> {
  await writeFile(noteFile(dataDir), JSON.stringify({ pid: process.pid, url }));
  return { remove: () => rm(noteFile(dataDir), { force: true }) };
}

/** The URL of the server that runs on a data directory, or null. */
async function readNote(dataDir: string): Promise<string | null> {
  try {
    const { pid, url } = JSON.parse(await readFile(noteFile(dataDir), "utf8")) as { pid: number; url: string };
    return isAlive(pid) ? url : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
