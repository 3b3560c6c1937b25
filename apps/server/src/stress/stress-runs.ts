/**
 * Stress runs: one at a time, against hosts that the targets file on this machine's disk lists and nothing else. What is measured is
 * stored every few seconds, so that a run that the server's end cuts off keeps it.
 *
 * Who may call is decided by the routes: an admin with a session, never an API token and never a schedule.
 */
import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";
import type { StressRequest, StressRunDetail, StressSecond, StressStep, StressTargetList } from "@mxray/contracts";
import { printable } from "@mxray/contracts";
import type { Act, Store } from "@mxray/store";
import {
  type AddressQuestions,
  allowedLoad,
  checkedAddress,
  chooseTarget,
  installationSecret,
  lockRuns,
  readTargetFile,
  recordRun,
  type StressTarget,
  StressTargetError,
} from "@mxray/stress";
import type { LiveFeed } from "../live-feed.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { StressRunner } from "./stress-runner.ts";

/** How often what was measured is stored, ms. */
const KEEP_MS = 5000;
/** A run that was not touched for so long has no process any more, ms. */
const ALIVE_MS = 60_000;

export interface StressRunsDeps {
  readonly store: Store;
  readonly feed: LiveFeed;
  /** Null: no host may be tested. */
  readonly targetsFile: string | null;
  readonly dataDir: string;
  /** Name of this machine, for HELO and each message. */
  readonly host: string;
  /** Null: this server makes no load. */
  readonly run: StressRunner | null;
  /** What checks of addresses ask; the system's where it is missing. */
  readonly questions?: AddressQuestions;
  readonly onError: (error: unknown) => void;
}

interface Current {
  readonly id: string;
  readonly abort: AbortController;
  readonly series: StressSecond[];
  step: StressStep | null;
  over: Promise<void>;
}

export class StressRuns {
  readonly #deps: StressRunsDeps;
  #current: Current | null = null;
  #starting = false;
  #stopping = false;

  constructor(deps: StressRunsDeps) {
    this.#deps = deps;
  }

  /** What a former process left running is marked as cut. */
  async start(): Promise<void> {
    const { store } = this.#deps;
    await store.stress.cut(this.#aliveSince(), iso(Date.now()));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#current?.abort.abort("server-ended");
    await this.#current?.over;
  }

  /** The hosts that may be tested, read again each time: who edits the file restarts nothing. */
  targets(): StressTargetList {
    const { targetsFile, run } = this.#deps;
    if (targetsFile === null)
      return {
        targets: [],
        problem: "No host may be tested yet. List your hosts in a file on this server and name it in MXRAY_STRESS_TARGETS.",
      };
    if (run === null) return { targets: [], problem: "This server cannot make a load." };
    try {
      const targets = readTargetFile(targetsFile).map(({ text, host, recipientDomains, credentials, proof }) => ({
        ...{ target: text, host, recipientDomains: [...recipientDomains], credentials: credentials !== null, proof },
      }));
      return { targets, problem: targets.length === 0 ? `${targetsFile} lists no host.` : null };
    } catch (error) {
      if (!(error instanceof StressTargetError)) throw error;
      return { targets: [], problem: error.message };
    }
  }

  /**
   * Begins a run; answers when it is under way.
   *
   * @param by name of the user, for the target's operator
   * @throws Refusal `target-not-allowed`, `stress-not-confirmed`, `stress-running`
   */
  async begin(request: StressRequest, by: string, act: Act): Promise<StressRunDetail> {
    if (this.#current !== null || this.#starting || this.#stopping) throw alreadyRunning();
    this.#starting = true;
    try {
      return await this.#begin(request, by, act);
    } catch (error) {
      if (error instanceof StressTargetError) throw new Refusal("target-not-allowed", error.message);
      throw error;
    } finally {
      this.#starting = false;
    }
  }

  /** @throws Refusal `not-found` */
  async detail(id: string): Promise<StressRunDetail> {
    const stored = await this.#deps.store.stress.get(id);
    if (stored === null) throw notFound("stress run");
    const current = this.#current?.id === id && stored.state === "running" ? this.#current : null;
    return { ...stored, series: [...(current?.series ?? stored.series)], step: current?.step ?? null };
  }

  /** Ends a run early; what it measured is kept. False when it has ended. */
  async cancel(id: string): Promise<boolean> {
    if (this.#current?.id !== id) return false;
    this.#current.abort.abort("cancelled");
    await this.#current.over;
    return true;
  }

  async #begin(request: StressRequest, by: string, act: Act): Promise<StressRunDetail> {
    const { store, targetsFile, dataDir, host, run, questions } = this.#deps;
    if (targetsFile === null || run === null) throw new Refusal("target-not-allowed", this.targets().problem ?? "");
    const target = chooseTarget(readTargetFile(targetsFile), request.target, targetsFile);
    if (request.confirm.trim().toLowerCase() !== target.host)
      throw new Refusal("stress-not-confirmed", `A load can take a mail host down. Type '${target.host}' to confirm this one.`);
    const label = nameLabel(by);
    const options = allowedLoad(request.load, target, `mxray-stress.${label}.${nameLabel(host)}`);
    const beside = placeOfState(targetsFile, dataDir);
    const address = await checkedAddress(target, options, installationSecret(beside), questions);
    const unlock = lockRuns(beside);
    try {
      const startedAt = iso(Date.now());
      const kept = { target: target.text, address, by, startedAt, options };
      const id = await store.stress.begin(kept, this.#aliveSince(), act);
      if (id === null) throw alreadyRunning();
      recordRun(beside, { at: startedAt, act: "began", run: id, by, target: target.text, address, options });
      const current: Current = { id, abort: new AbortController(), series: [], step: null, over: Promise.resolve() };
      this.#current = current;
      const about = { run: id, by: asciiOf(by), host: nameLabel(host) };
      current.over = this.#make(run, current, target, { options, address, about }).finally(unlock);
      this.#tell(id);
      return await this.detail(id);
    } catch (error) {
      if (this.#current === null) unlock();
      throw error;
    }
  }

  async #make(
    run: StressRunner,
    current: Current,
    target: StressTarget,
    load: { options: StressRunDetail["options"]; address: string; about: { run: string; by: string; host: string } },
  ): Promise<void> {
    const { store, onError } = this.#deps;
    const { id, series, abort } = current;
    const keep = setInterval(() => void store.stress.progress(id, series, iso(Date.now())).catch(onError), KEEP_MS);
    try {
      const result = await run(
        {
          target: target.text,
          plan: { ...load, port: target.port, name: target.host, credentials: target.credentials },
        },
        {
          signal: abort.signal,
          onStep: (step) => {
            current.step = step;
            this.#tell(id);
          },
          onSecond: (second) => {
            series.push(second);
            this.#deps.feed.tell({ type: "stress-second", id, second });
          },
        },
      );
      const cut = result.stopped?.why === "server-ended";
      const problem = cut ? "The server ended during this run; what it measured until then is kept." : null;
      await store.stress.end(id, { state: cut ? "cut" : "done", at: iso(Date.now()), problem, run: result });
    } catch (error) {
      const problem = printable(error instanceof Error ? error.message : String(error), 300);
      await store.stress.progress(id, series, iso(Date.now())).catch(onError);
      const state = this.#stopping ? "cut" : "failed";
      await store.stress.end(id, { state, at: iso(Date.now()), problem, run: null }).catch(onError);
    } finally {
      clearInterval(keep);
      this.#current = null;
      this.#tell(id);
    }
  }

  /** Where this process is the only one, what others began has ended, whatever the clock said then. */
  #aliveSince(): string {
    return this.#deps.store.servers !== null ? iso(Date.now() - ALIVE_MS) : "9999";
  }

  #tell(id: string): void {
    this.#deps.feed.tell({ type: "stress", id });
  }
}

function alreadyRunning(): Refusal {
  return new Refusal("stress-running", "Another stress run is under way; one runs at a time. Wait for its end, or cancel it.");
}

/** The lock, the token's secret and the record of runs are shared with the command line where the server may write beside the file. */
function placeOfState(targetsFile: string, dataDir: string): string {
  try {
    accessSync(dirname(targetsFile), constants.W_OK);
    return targetsFile;
  } catch {
    return join(dataDir, "stress-targets");
  }
}

/** A part of a host name that a peer takes. */
function nameLabel(text: string): string {
  const label = text.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
  return label.slice(0, 60) || "mxray";
}

function asciiOf(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 80);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
