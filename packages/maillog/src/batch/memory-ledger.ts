/**
 * What the reader knows of messages and sessions that are under way, kept beside the position: after a restart it is put back
 * (`restoreMemories`), so that no size, client or count is lost with the process. Only what changed since the last batch is told.
 */
import type { CountedPeer, LogMemory } from "@mxray/contracts";
import { latin1 } from "../bytes/byte-text.ts";
import type { EpisodeStage, StallEpisode, StallEpisodes } from "../counting/stall-episodes.ts";
import type { LogCorrelator } from "../entries/correlator.ts";
import type { LogEntry } from "../entries/log-entry.ts";
import { type NamedPeer, withoutRecords } from "../entries/log-peer-name.ts";
import { MessagePast } from "../entries/message-past.ts";
import { QueuedMessage } from "../entries/queued-message.ts";

const ID_CAP = 64;
const HOST_CAP = 255;
/** Begins the key of a host's episodes of stalls. */
const EPISODES = "stalls ";

interface SessionMemory {
  readonly client: Pick<NamedPeer, "peer" | "reach"> | null;
  /** Unix seconds; 0 where it is not known. */
  readonly began: number;
}

type EpisodesMemory = readonly [EpisodeStage, StallEpisode][];

export class MemoryLedger {
  /** Null: it is over. */
  #changed = new Map<string, QueuedMessage | SessionMemory | null>();

  get size(): number {
    return this.#changed.size;
  }

  /** @param entry as it was completed and counted */
  note(entry: LogEntry): void {
    if (entry.message !== null) {
      const id = latin1(entry.bytes, entry.idFrom, Math.min(entry.idTo, entry.idFrom + ID_CAP));
      this.#changed.set(`message ${entry.host.name} ${id}`, entry.note === "removed" ? null : entry.message);
    }
    if (entry.program.role !== "smtpd" || entry.pid < 0) return;
    const key = `session ${entry.host.name} ${entry.pid}`;
    if (entry.event === "connect")
      this.#changed.set(key, { client: entry.peer, began: entry.timeMs > 0 ? Math.floor(entry.timeMs / 1000) : 0 });
    else if (entry.event === "disconnect") this.#changed.set(key, null);
  }

  /** @param episodes of stalls, those that changed */
  take(episodes: ReadonlyMap<string, EpisodesMemory | null>): LogMemory[] {
    const memories = [...this.#changed].map(([key, memory]) => memoryOf(key, memory));
    this.#changed = new Map();
    return [...memories, ...[...episodes].map(([key, each]) => plainMemory(`${EPISODES}${key}`, each))];
  }
}

function memoryOf(key: string, memory: QueuedMessage | SessionMemory | null): LogMemory {
  if (memory === null) return plainMemory(key, null);
  if (!(memory instanceof QueuedMessage)) return plainMemory(key, { client: plain(memory.client), began: memory.began });
  const { size, recipients, senderDomain, client, activations, broken, collection } = memory;
  const { past } = memory;
  const waits = past?.waitingSinceMs ?? null;
  return {
    key,
    value: JSON.stringify({ size, recipients, senderDomain, client: plain(client), activations, broken, collection, past }),
    waitingSince: waits === null ? null : new Date(waits).toISOString(),
    destination: waits === null ? null : (past?.destination ?? null),
  };
}

function plainMemory(key: string, value: object | null): LogMemory {
  return { key, value: value === null ? null : JSON.stringify(value), waitingSince: null, destination: null };
}

function plain(named: Pick<NamedPeer, "peer" | "reach"> | null): Pick<NamedPeer, "peer" | "reach"> | null {
  return named === null ? null : { peer: named.peer, reach: named.reach };
}

type StoredMessage = Pick<QueuedMessage, "size" | "recipients" | "senderDomain" | "activations" | "broken" | "collection"> & {
  readonly client: Pick<NamedPeer, "peer" | "reach"> | null;
  readonly past: MessagePast<string, CountedPeer> | null;
};

/**
 * Puts back what was told before a restart. What is not understood, because another version wrote it, is left out.
 *
 * @returns the messages
 */
export function restoreMemories(
  correlator: LogCorrelator,
  hostOf: (name: string) => LogEntry["host"],
  memories: Iterable<LogMemory>,
): QueuedMessage[] {
  const messages: QueuedMessage[] = [];
  for (const { key, value } of memories) {
    const [kind, host = "", id = ""] = key.slice(0, HOST_CAP + ID_CAP + 20).split(" ");
    if (value === null) continue;
    if (kind === "session") {
      const { client, began = 0 } = JSON.parse(value) as SessionMemory;
      correlator.restoreSession(Number(id), hostOf(host), named(client), began);
    } else if (kind === "message") {
      const message = messageOf(JSON.parse(value) as StoredMessage);
      messages.push(message);
      correlator.restoreMessage(id, hostOf(host), message);
    }
  }
  return messages;
}

/** The episodes of stalls among what was told before a restart. */
export function restoreEpisodes(episodes: StallEpisodes, memories: Iterable<LogMemory>): void {
  for (const { key, value } of memories) {
    if (value !== null && key.startsWith(EPISODES)) episodes.restore(key.slice(EPISODES.length), JSON.parse(value) as EpisodesMemory);
  }
}

function messageOf({ client, past, ...facts }: StoredMessage): QueuedMessage {
  const message = Object.assign(new QueuedMessage(), facts);
  message.client = named(client);
  if (past !== null) message.past = Object.assign(new MessagePast<string, CountedPeer>(), past);
  return message;
}

function named(client: Pick<NamedPeer, "peer" | "reach"> | null): NamedPeer | null {
  return client === null ? null : withoutRecords(client.peer, client.reach);
}
