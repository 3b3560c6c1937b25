/**
 * Agents: mxray on other machines. Each follows the logs of its machine and hands on what it read, batch by batch, by requests of its
 * own; the server never connects to one. Here is what the server knows of them at the moment.
 */
import type {
  AgentBatch,
  AgentHello,
  AgentLog,
  AgentMachine,
  AgentReport,
  AgentState,
  AgentSummary,
  AgentWorkRequest,
} from "@mxray/contracts";
import { printable } from "@mxray/contracts";
import type { ProbeNotice } from "@mxray/probe";
import type { Act, Store, StoredAgent } from "@mxray/store";
import { ENROLMENT_PREFIX, SECRET_PREFIX } from "../access/agent-access.ts";
import { hashSecret, newSecret } from "../access/secret.ts";
import type { Machines } from "../host/machines.ts";
import type { Settings } from "../live-settings.ts";
import type { FollowedLogs } from "../logs/following/followed-logs.ts";
import { notFound, Refusal } from "../refusal.ts";
import { AgentVantage, type AgentWork } from "../vantages/agent-vantage.ts";
import type { Vantages } from "../vantages/vantages.ts";

const ENROLMENT_MS = 15 * 60_000;
/** An agent reports at least twice as often. */
const SILENT_MS = 60_000;
/** Between two notes in the store of when an agent was seen. */
const NOTED_MS = 15_000;
/** Batches that are stored at a time; an agent that brings another one is asked to wait. */
const MOST_COMMITS = 8;

export interface AgentsDeps {
  readonly store: Store;
  readonly settings: Settings;
  readonly vantages: Vantages;
  readonly followedLogs: FollowedLogs;
  readonly machines: Machines;
  readonly onError: (error: unknown) => void;
}

export class Agents {
  readonly #deps: AgentsDeps;
  /** When each was heard last, since this server began, and when that was noted in the store. */
  readonly #heard = new Map<string, { at: number; notedAt: number }>();
  /** By the agent's id. */
  readonly #vantages = new Map<string, AgentVantage>();
  #looking: NodeJS.Timeout | null = null;
  #commits = 0;

  constructor(deps: AgentsDeps) {
    this.#deps = deps;
  }

  /** Looks from now on which agents fell silent. */
  async start(): Promise<void> {
    for (const agent of await this.#deps.store.agents.list()) {
      if (agent.enrolledAt !== null && agent.revokedAt === null) this.#vantageOf(agent);
    }
    this.#looking = setInterval(() => void this.#look().catch(this.#deps.onError), SILENT_MS / 4).unref();
  }

  stop(): void {
    if (this.#looking !== null) clearInterval(this.#looking);
  }

  async list(): Promise<AgentSummary[]> {
    return (await this.#deps.store.agents.list()).map((agent) => this.#summary(agent));
  }

  /** @throws Refusal `name-taken` */
  async create(name: string, act: Act): Promise<{ readonly agent: AgentSummary; readonly token: string; readonly expiresAt: string }> {
    if (this.#deps.vantages.all.some((vantage) => vantage.name === name)) {
      throw new Refusal("name-taken", `Probes run from a place named '${name}' already; choose another name.`);
    }
    const { token, ...enrolment } = newEnrolment(act.at);
    const agent = await this.#deps.store.agents.create({ name, createdAt: act.at, enrolment }, act);
    if (agent === null) throw new Refusal("name-taken", `There is an agent named '${name}' already.`);
    return { agent: this.#summary(agent), token, expiresAt: enrolment.enrolUntil };
  }

  /** Another token, for an agent that lost its secret or moves to another machine. @throws Refusal `not-found` */
  async invite(id: string, act: Act): Promise<{ readonly agent: AgentSummary; readonly token: string; readonly expiresAt: string }> {
    const { token, ...enrolment } = newEnrolment(act.at);
    if (!(await this.#deps.store.agents.invite(id, enrolment, act))) throw notFound("agent");
    const agent = (await this.#deps.store.agents.list()).find((each) => each.id === id);
    if (agent === undefined) throw notFound("agent");
    return { agent: this.#summary(agent), token, expiresAt: enrolment.enrolUntil };
  }

  /** False when there is none, or it was revoked before. */
  async revoke(id: string, act: Act): Promise<boolean> {
    if (!(await this.#deps.store.agents.revoke(id, act))) return false;
    await this.#left(id);
    await this.#deps.followedLogs.agentLeft(id, "Its agent was revoked.");
    return true;
  }

  async #left(id: string): Promise<void> {
    this.#heard.delete(id);
    const vantage = this.#vantages.get(id);
    if (vantage === undefined) return;
    vantage.revoked();
    this.#vantages.delete(id);
    this.#deps.vantages.remove(vantage.name);
    await this.#deps.machines.left(vantage.name);
  }

  /** @throws Refusal `invalid-token` */
  async enrol(
    token: string,
    act: Pick<Act, "at" | "address">,
  ): Promise<{ readonly id: string; readonly name: string; readonly secret: string }> {
    const secret = SECRET_PREFIX + newSecret();
    const agent = await this.#deps.store.agents.enrol(hashSecret(token), hashSecret(secret), act);
    if (agent === null) {
      throw new Refusal(
        "invalid-token",
        "This enrolment token is not known, or was used, or its 15 minutes are over; make another one on the page Settings → Agents.",
      );
    }
    this.#vantageOf(agent);
    return { id: agent.id, name: agent.name, secret };
  }

  /** The agent begins, and follows these logs and no others. */
  async welcome(agent: StoredAgent, { logs, ...facts }: AgentHello, version: string): Promise<AgentLog[]> {
    await this.#seen(agent, facts, version);
    this.#vantageOf(agent).began();
    const { store, followedLogs } = this.#deps;
    const sources = await followedLogs.agentFollows(agent, [...new Set(logs)]);
    return await Promise.all(
      sources.map(async ({ agentId: _agentId, origin: _origin, ...source }) => ({
        ...source,
        memories: await store.logs.memories(source.id),
      })),
    );
  }

  /**
   * False when nobody should follow this log any more, or somebody else does.
   *
   * @throws Refusal `busy`
   */
  async commit(agent: StoredAgent, sourceId: number, { revision, position, batch }: AgentBatch): Promise<boolean> {
    if (this.#commits >= MOST_COMMITS) throw new Refusal("busy", "The server stores other batches at the moment; try again in a second.");
    this.#commits += 1;
    try {
      return await this.#deps.followedLogs.takeBatch(agent.id, sourceId, batch, { revision, position });
    } finally {
      this.#commits -= 1;
    }
  }

  async report(agent: StoredAgent, { logs, ...facts }: AgentReport, version: string): Promise<void> {
    await this.#seen(agent, facts, version);
    for (const { notice, ...state } of logs) {
      this.#deps.followedLogs.agentReports(agent.id, { ...state, notice: notice === null ? null : printable(notice) });
    }
  }

  async machine({ name }: StoredAgent, report: AgentMachine): Promise<void> {
    await this.#deps.machines.heard(name, report);
  }

  /** See `AgentVantage.work`. */
  async work(
    agent: StoredAgent,
    { host, after, addresses = [] }: AgentWorkRequest,
    version: string,
    signal: AbortSignal,
  ): Promise<AgentWork> {
    return await this.#vantageOf(agent).work(after, { host: printable(host, 255), version: printable(version, 40), addresses }, signal);
  }

  notices(agent: StoredAgent, notices: readonly ProbeNotice[]): void {
    this.#vantageOf(agent).heard(notices);
  }

  #vantageOf({ id, name }: StoredAgent): AgentVantage {
    const known = this.#vantages.get(id);
    if (known !== undefined) return known;
    const { settings, vantages } = this.#deps;
    const vantage = new AgentVantage({ name, settings });
    this.#vantages.set(id, vantage);
    vantages.add(vantage);
    return vantage;
  }

  async #seen({ id }: StoredAgent, { sentAt, host }: Omit<AgentReport, "logs">, version: string): Promise<void> {
    const at = Date.now();
    const notedAt = this.#heard.get(id)?.notedAt ?? 0;
    const due = at - notedAt >= NOTED_MS;
    this.#heard.set(id, { at, notedAt: due ? at : notedAt });
    if (!due) return;
    const facts = { host: printable(host, 255), version: printable(version, 40), skewMs: Date.parse(sentAt) - at };
    await this.#deps.store.agents.seen(id, new Date(at).toISOString(), facts);
  }

  async #look(): Promise<void> {
    const all = await this.#deps.store.agents.list();
    if (this.#deps.store.servers !== null) await this.#lookElsewhere(all);
    for (const agent of all) {
      if (this.#stateOf(agent) !== "silent") continue;
      const since = this.#heard.get(agent.id)?.at ?? (agent.lastSeenAt === null ? null : Date.parse(agent.lastSeenAt));
      const when = since === null ? "" : ` since ${new Date(since).toISOString().slice(0, 19).replace("T", " ")} UTC`;
      await this.#deps.followedLogs.agentLeft(agent.id, `The agent ${agent.name} has not reported${when}.`);
    }
  }

  /** Agents that other servers of the store hear of, enrolled or revoked. */
  async #lookElsewhere(agents: readonly StoredAgent[]): Promise<void> {
    for (const agent of agents) {
      if (agent.revokedAt !== null) await this.#left(agent.id);
      else if (agent.enrolledAt !== null && Date.parse(agent.lastSeenAt ?? "") > (this.#heard.get(agent.id)?.notedAt ?? 0))
        this.#vantageOf(agent).seenElsewhere(Date.now() - Date.parse(agent.lastSeenAt ?? ""));
    }
  }

  #stateOf({ id, enrolledAt, revokedAt, lastSeenAt }: StoredAgent): AgentState {
    if (revokedAt !== null) return "revoked";
    if (enrolledAt === null) return "invited";
    const heard = this.#heard.get(id)?.at ?? (lastSeenAt === null ? 0 : Date.parse(lastSeenAt));
    return Date.now() - heard < SILENT_MS ? "reporting" : "silent";
  }

  #summary(agent: StoredAgent): AgentSummary {
    const { facts, ...shown } = agent;
    const heard = this.#heard.get(agent.id);
    return {
      ...shown,
      state: this.#stateOf(agent),
      lastSeenAt: heard === undefined ? shown.lastSeenAt : new Date(heard.at).toISOString(),
      host: facts?.host ?? null,
      version: facts?.version ?? null,
      skewMs: facts?.skewMs ?? null,
      logs: this.#deps.followedLogs.sources().filter(({ agent: reader }) => reader === agent.name).length,
    };
  }
}

function newEnrolment(at: string) {
  const token = ENROLMENT_PREFIX + newSecret();
  return { token, enrolHash: hashSecret(token), enrolUntil: new Date(Date.parse(at) + ENROLMENT_MS).toISOString() };
}
